"""Transactions: changes on their way to backends, kept in the database until they have ended. Knows no business.

`facts` are what callers see, `work` is what a backend's change has to offer, `desk` takes orders from callers, `worker` does
what is due; `tables`, `ledger` and `claims` are how both speak to the database.
"""
