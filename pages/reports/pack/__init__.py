"""The content of a pack: what each page says, for one audience and one month, before it has a form."""
