"""The catalogue: an index of every backend's products, variants and rows of stock, because none can be read in key order.

`tables` is how it is kept, `entries` writes it, `index` reads it, `states` tells how far it is, `upkeep` keeps it in step.
"""
