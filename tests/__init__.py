"""The tests mirror the tree of the program; what several of them need is in support.py and conftest.py."""
