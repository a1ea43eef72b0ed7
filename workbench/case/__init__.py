"""The case folder: its manifest, its stores and generations, atomic writes, the load lock."""
