"""What is published: report and bundle, made only from what the privacy door gives."""
