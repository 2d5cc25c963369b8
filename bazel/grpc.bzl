"""cc_grpc_library: what gRPC's plugin of protoc makes of the services of a proto_library."""

def _stubs_impl(ctx):
    proto = ctx.attr.proto[ProtoInfo]
    headers = []
    sources = []
    for source in proto.direct_sources:
        stem = source.basename[:-len(".proto")]
        headers.append(ctx.actions.declare_file(stem + ".grpc.pb.h"))
        sources.append(ctx.actions.declare_file(stem + ".grpc.pb.cc"))
    arguments = ctx.actions.args()
    arguments.add("--plugin=protoc-gen-grpc=" + ctx.executable._plugin.path)
    arguments.add("--grpc_out=" + ctx.bin_dir.path)
    arguments.add_all(proto.transitive_proto_path, format_each = "-I%s")
    arguments.add_all(proto.direct_sources)
    ctx.actions.run(
        arguments = [arguments],
        executable = ctx.executable._protoc,
        inputs = proto.transitive_sources,
        mnemonic = "GrpcStubs",
        outputs = headers + sources,
        tools = [ctx.executable._plugin],
    )
    return [
        DefaultInfo(files = depset(headers + sources)),
        OutputGroupInfo(headers = depset(headers), sources = depset(sources)),
    ]

_stubs = rule(
    implementation = _stubs_impl,
    attrs = {
        "proto": attr.label(mandatory = True, providers = [ProtoInfo]),
        "_plugin": attr.label(
            allow_single_file = True,
            cfg = "host",
            default = "@com_github_grpc_grpc//src/compiler:grpc_cpp_plugin",
            executable = True,
        ),
        "_protoc": attr.label(
            allow_single_file = True,
            cfg = "host",
            default = "@com_google_protobuf//:protoc",
            executable = True,
        ),
    },
)

def cc_grpc_library(name, proto, cc_proto, **kwargs):
    """The stubs of `proto`, in whose package this stands; `cc_proto` is its cc_proto_library."""
    _stubs(name = name + "_stubs", proto = proto, tags = ["no_tsan"])
    for group in ["headers", "sources"]:
        native.filegroup(
            name = "{}_{}".format(name, group),
            srcs = [name + "_stubs"],
            output_group = group,
        )
    native.cc_library(
        name = name,
        srcs = [name + "_sources"],
        hdrs = [name + "_headers"],
        # Debian's gRPC reports false races.
        tags = ["no_tsan"],
        deps = [cc_proto, "@com_github_grpc_grpc//:grpc++"],
        **kwargs
    )
