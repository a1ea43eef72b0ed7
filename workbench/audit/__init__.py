"""The ledger of a case: append, verify, checkpoint, merge. The standard library only.

    ledger = Ledger.open(path, state_dir=…, case_id=…, who=Who.here(), tool="workbench/0.1.0")
    ref    = ledger.put_set(account_ids)                     durable before the record names it
    record = ledger.append("decision", builders.decision(...)) locked, one write, synced, returned
    ledger.state.current(id) .history(id) .decisions_rows() .pending .claims .entity_lists()
    ledger.head (size, root, h) · .refresh() · .problems · .recover(reason) · .record(id) · .close()
    verify(path) -> Report(ok, records, size, root, head, problems, recovered, warnings)

    log/      append, chain, verify, checkpoint, inclusion proof, transfer, merge
    records/  the schema wb-audit/1, canonical JSON, account sets, identity, keys, SSH signatures
    state/    what the records amount to: builders, reducer, decisions in force, policy, sampling
    standalone/verify.py  a second verifier that imports nothing of this package

Every refusal is a `LedgerError` (title, message, hint, exit_code). After one that poisons, open the
ledger anew. A caller keeps its draft until `append` has returned.
"""
