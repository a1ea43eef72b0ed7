"""The tree: RFC 6962's own vectors, and every proof of every small tree."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workbench.audit.log.merkle import (
    EMPTY_ROOT,
    Tree,
    check_consistency,
    check_inclusion,
    leaf_hash,
)

# The inputs and roots of certificate-transparency's reference tests (merkle_tree_test.cc).
_INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657",
           "606162636465666768696a6b6c6d6e6f"]  # fmt: skip
_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def tree_of(count: int) -> Tree:
    tree = Tree()
    for number in range(count):
        tree.append(leaf_hash(b"line %d" % number))
    return tree


def test_reference_roots() -> None:
    tree = Tree()
    assert tree.root() == EMPTY_ROOT
    for text, root in zip(_INPUTS, _ROOTS, strict=True):
        tree.append(leaf_hash(bytes.fromhex(text)))
        assert tree.root().hex() == root
    assert [tree.root(size).hex() for size in range(1, 9)] == _ROOTS


def test_every_inclusion_proof_holds_and_no_other_leaf_does() -> None:
    for size in range(1, 34):
        tree = tree_of(size)
        for index in range(size):
            path = tree.inclusion(index)
            assert check_inclusion(index, size, tree.leaf(index), path, tree.root())
            wrong = tree.leaf((index + 1) % size)
            assert size == 1 or not check_inclusion(index, size, wrong, path, tree.root())
            assert not check_inclusion(index, size, tree.leaf(index), [*path, wrong], tree.root())


def test_every_consistency_proof_holds_and_a_changed_past_does_not() -> None:
    tree, other = tree_of(40), Tree()
    other.append(leaf_hash(b"forged"))
    other.extend(b"".join(tree.leaf(number) for number in range(1, 40)))
    for size in range(1, 41):
        for old in range(1, size + 1):
            path = tree.consistency(old, size)
            roots = (tree.root(old), tree.root(size))
            assert check_consistency(old, size, *roots, path)
            assert not check_consistency(old, size, other.root(old), roots[1], path)
            assert not check_consistency(old, size, roots[0], other.root(size), path)


@given(st.lists(st.integers(0, 9), max_size=12))
def test_leaves_added_in_any_portions_give_one_tree(portions: list[int]) -> None:
    whole = tree_of(sum(portions))
    tree, at = Tree(), 0
    for portion in portions:
        tree.extend(b"".join(whole.leaf(number) for number in range(at, at + portion)))
        at += portion
    assert tree.root() == whole.root()
    assert Tree.of_levels(tree.levels()).root() == whole.root()
