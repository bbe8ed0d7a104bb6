"""What is installed elsewhere: the chart, the pipelines, the image's recipe."""
