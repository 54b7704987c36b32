"""From a file to the record: read, check, compare, append. Every row is stored or reported, none is lost."""
