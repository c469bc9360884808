"""Links: which records of several systems are one order, or parts of one, and why.

`rules` says by which evidence two orders belong together, `facts` what counts as evidence, `channels` whose number stands
where, `search` where to look, `linking` puts the rules to work, `parcels` tells which order a shipment is of: all pure.
`words` keeps what people say.
"""
