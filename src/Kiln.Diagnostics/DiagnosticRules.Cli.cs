// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Diagnostics;

/// <content>5xxx: the command line and the machine.</content>
public static partial class DiagnosticRules
{
    public static readonly DiagnosticRule InvalidArgument = new(
        "KILN5001", "the command line is wrong", "`kiln build --help` lists all flags");

    public static readonly DiagnosticRule NoDestination = new(
        "KILN5002", "nobody says where the image goes", "give `--destination REFERENCE`, or `--no-push` to push nothing");

    public static readonly DiagnosticRule RootDirectoryUnusable = new(
        "KILN5003", "the root directory cannot be used", "name a directory that can be written to by `--root-dir` or KILN_ROOT");

    public static readonly DiagnosticRule MachineFailed = new(
        "KILN5004", "the machine refused something", "the message names the call and the path; check permissions and space");

    public static readonly DiagnosticRule Stopped = new(
        "KILN5005", "the build was stopped", "a signal came; nothing was published");

    public static readonly DiagnosticRule Bug = new(
        "KILN5999", "Kiln has a bug", "please report it with all of this text and, if you can, the Dockerfile; it is not your fault");
}
