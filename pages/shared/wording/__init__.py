"""The sentences of one page each; what several pages say is in pages/shared/words.py."""
