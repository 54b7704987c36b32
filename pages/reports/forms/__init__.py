"""The forms of a pack: PDF, PPTX, XLSX, HTML and CSV, each made from the same plain data."""
