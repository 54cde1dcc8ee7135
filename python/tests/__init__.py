"""Tests of the Python front door; RANKCOLLAPSE names the program: python3 -m unittest discover -s python -t python."""
