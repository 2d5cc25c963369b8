"""Repository rules that present Debian's packages to Bazel, without any download.

Debian's Bazel is 4.2.3. System headers need no `hdrs` or `includes`: /usr/include
is the toolchain's already, and adding it with -isystem breaks libstdc++. Only
linking needs to be told, and pkg-config knows it.
"""

def _missing(ctx, what):
    fail("\n\n{}: {} is missing. Run tools/setup, which installs what the build needs.\n".format(ctx.name, what))

def _pkg_config(ctx, modules, optional = False, wanted = "--libs"):
    tool = ctx.which("pkg-config")
    if not tool:
        _missing(ctx, "pkg-config")
    result = ctx.execute([tool, wanted] + modules.split(" "))
    if result.return_code != 0:
        if optional:
            return []
        _missing(ctx, "the pkg-config module of " + modules)
    return [f for f in result.stdout.strip().split(" ") if f]

_LIBRARY = """cc_library(
    name = "{name}",
    defines = {defines},
    linkopts = {linkopts},
    visibility = ["//visibility:public"],
)
"""

def _debian_library_impl(ctx):
    packages = {}
    for label, modules in ctx.attr.targets.items():
        package, _, name = label.partition(":")
        if not name:
            name = package.rpartition("/")[2]
        flags = _pkg_config(ctx, modules, ctx.attr.optional, "--cflags-only-other")
        packages.setdefault(package, []).append(_LIBRARY.format(
            name = name,
            defines = repr([f[2:] for f in flags if f.startswith("-D")]),
            linkopts = repr(_pkg_config(ctx, modules, ctx.attr.optional)),
        ))
    for label, linkopts in ctx.attr.without_module.items():
        package, _, name = label.partition(":")
        packages.setdefault(package, []).append(_LIBRARY.format(
            name = name,
            defines = "[]",
            linkopts = repr(linkopts),
        ))
    for label, program in ctx.attr.programs.items():
        package, _, name = label.partition(":")
        found = ctx.which(program)
        if not found:
            _missing(ctx, program)
        ctx.symlink(found, (package + "/" if package else "") + name)
        packages.setdefault(package, []).append('exports_files(["{}"])'.format(name))
    for package, rules in packages.items():
        path = package + "/BUILD.bazel" if package else "BUILD.bazel"
        ctx.file(path, "\n".join(rules))

debian_library = repository_rule(
    implementation = _debian_library_impl,
    doc = "One cc_library a target; the value names its pkg-config modules.",
    attrs = {
        "targets": attr.string_dict(mandatory = True),
        # Libraries that have none: their linkopts.
        "without_module": attr.string_list_dict(),
        # Files to run: how they are called in PATH.
        "programs": attr.string_dict(),
        # If it isn't installed, only what includes its headers fails.
        "optional": attr.bool(),
    },
    environ = ["PATH", "PKG_CONFIG_PATH"],
    local = True,
)

_WELL_KNOWN = [
    "any",
    "api",
    "descriptor",
    "duration",
    "empty",
    "field_mask",
    "source_context",
    "struct",
    "timestamp",
    "type",
    "wrappers",
]

_WELL_KNOWN_DEPS = {
    "api": ["source_context", "type"],
    "type": ["any", "source_context"],
}

def _debian_protobuf_impl(ctx):
    protoc = ctx.which("protoc")
    if not protoc:
        _missing(ctx, "protoc (protobuf-compiler)")
    ctx.symlink(protoc, "protoc_bin")
    ctx.symlink("/usr/include/google", "google")
    build = [
        'package(default_visibility = ["//visibility:public"])',
        'filegroup(name = "protoc", srcs = ["protoc_bin"])',
        'cc_library(name = "protobuf", linkopts = {})'.format(repr(_pkg_config(ctx, "protobuf"))),
    ]
    for name in _WELL_KNOWN:
        build.append('proto_library(name = "{n}_proto", srcs = ["google/protobuf/{n}.proto"], deps = {d})'.format(
            n = name,
            d = repr([":" + d + "_proto" for d in _WELL_KNOWN_DEPS.get(name, [])]),
        ))
    build.append("""proto_lang_toolchain(
    name = "cc_toolchain",
    blacklisted_protos = {protos},
    command_line = "--cpp_out=$(OUT)",
    runtime = ":protobuf",
)""".format(protos = repr([":" + n + "_proto" for n in _WELL_KNOWN])))
    ctx.file("BUILD.bazel", "\n".join(build) + "\n")

debian_protobuf = repository_rule(
    implementation = _debian_protobuf_impl,
    doc = "protoc, the C++ runtime and the well-known types, under the labels that the native rules expect.",
    environ = ["PATH"],
    local = True,
)

_NATIVE_CC = [
    "cc_library",
    "cc_binary",
    "cc_test",
    "cc_import",
    "cc_proto_library",
    "cc_toolchain",
    "cc_toolchain_suite",
]

def _debian_bazel_rules_impl(ctx):
    ctx.file("BUILD.bazel", "")
    ctx.file("cc/BUILD.bazel", "")
    ctx.file("cc/defs.bzl", "\n".join(["{0} = native.{0}".format(r) for r in _NATIVE_CC]) + "\n")

debian_bazel_rules = repository_rule(
    implementation = _debian_bazel_rules_impl,
    doc = "rules_cc as a re-export of Bazel's native rules: Debian's own package is too new for 4.2.3.",
)
