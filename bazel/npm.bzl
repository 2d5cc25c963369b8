"""A repository rule that installs what a package-lock.json pins, for tests that run Node.js."""

_WAY_OUT = "\n\n{}: {}\n"

def _npm_packages_impl(ctx):
    programs = {}
    for name in ["node", "npm"]:
        programs[name] = ctx.which(name)
        if not programs[name]:
            fail(_WAY_OUT.format(ctx.name, name + " is missing. Run tools/setup, which installs what the tests need."))
    ctx.symlink(ctx.attr.package_json, "package.json")
    ctx.symlink(ctx.attr.package_lock, "package-lock.json")

    # None of a package's own scripts runs: what it brings is only read.
    command = [programs["npm"], "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    result = ctx.execute(command, timeout = 900)
    if result.return_code != 0:
        fail(_WAY_OUT.format(ctx.name, "npm ci failed; is npm's registry reachable?\n" + result.stderr[-2000:]))
    ctx.symlink(programs["node"], "node")
    ctx.file("BUILD.bazel", """package(default_visibility = ["//visibility:public"])

exports_files(["node", "node_modules"])
""")

npm_packages = repository_rule(
    implementation = _npm_packages_impl,
    doc = "The program `node`, and the folder `node_modules` that `npm ci` makes of the two files.",
    attrs = {
        "package_json": attr.label(mandatory = True, allow_single_file = True),
        "package_lock": attr.label(mandatory = True, allow_single_file = True),
    },
    environ = ["PATH"],
)
