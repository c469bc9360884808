"""Operations: what each mutation asks of which backend. One module each; `submission` is what they have in common.

An operation takes its input apart into items, each for one backend. How a backend does one is its own matter (`Change`).
"""
