"""Fuzz targets: one function, run by libFuzzer for as long as one likes, and by
every test run over the inputs that are kept."""

def fuzz_target(name, deps, copts = []):
    """`name`.cc defines LLVMFuzzerTestOneInput; its inputs are in corpus/`name`/.

    Makes `name`_fuzz, for tools/fuzz (clang and libFuzzer), and `name`_corpus_test.
    """
    native.cc_binary(
        name = name + "_fuzz",
        testonly = True,
        srcs = [name + ".cc"],
        # Only tools/fuzz has what it needs.
        linkopts = ["-fsanitize=fuzzer"],
        tags = ["manual"],
        deps = deps,
    )
    native.cc_test(
        name = name + "_corpus_test",
        size = "small",
        srcs = [
            name + ".cc",
            "replay.cc",
        ],
        args = ["tests/fuzz/corpus/" + name],
        data = native.glob(["corpus/" + name + "/*"]),
        deps = deps,
    )
