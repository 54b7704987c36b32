"""What leaves by e-mail: packs to those on a list, and the digest of new signals to those who answer for a unit."""
