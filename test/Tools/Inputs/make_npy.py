"""Writes .npy files of 1 x 2 x 3 x 64, one right and the others wrong, into the
working directory. The header is written by hand: NumPy may be missing."""


def npy(name, data, descr="<f4", shape="(1, 2, 3, 64)"):
    header = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (descr, shape)
    header += " " * (117 - len(header)) + "\n"
    content = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode()
    with open(name + ".npy", "wb") as file:
        file.write(content + data)
    return content + data


zeros = bytes(4 * 2 * 3 * 64)
right = npy("right", zeros)
npy("cut", zeros[:-5])
npy("longer", zeros + b"x")
npy("huge", zeros, shape="(4194304, 1048576, 1, 64)")
npy("over", zeros, shape="(4611686018427387904, 1048576, 1, 64)")
npy("f8", zeros * 2, descr="<f8")
npy("big", zeros, descr=">f4")
npy("rank", zeros, shape="(2, 3, 64)")
npy("heads", zeros + zeros[:768], shape="(1, 3, 3, 64)")
for name, content in (("header", right[:40]), ("empty", b"")):
    with open(name + ".npy", "wb") as file:
        file.write(content)
