"""A second maker of worlds that shares nothing with `workbench.synth`.

A detector that is examined on the worlds of one generator alone learns that generator. These have
other distributions, id formats, columns, file formats, languages and honest crowds.
"""
