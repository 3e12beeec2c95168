"""The report: what was read, what follows from it, what does not, and the way back to the originals."""

from custodiet.publish.report.write import write_report

__all__ = ["write_report"]
