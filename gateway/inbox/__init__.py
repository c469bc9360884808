"""The inbox: what backends sent us by themselves, stored first, and dealt with after, by one process of all."""
