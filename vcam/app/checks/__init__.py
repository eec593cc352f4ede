"""What `vcam doctor` knows: facts about the system in, findings out.

`state` holds the facts, `probe*` read them from the running system, every other module turns facts into
findings and touches nothing. So the advice for each system is tested on any system, from recorded facts.
"""
