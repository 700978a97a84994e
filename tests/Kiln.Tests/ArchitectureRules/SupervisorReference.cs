// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Kiln.Linux;
using Kiln.Linux.Seccomp;
using Kiln.Sandbox;
using Kiln.Sandbox.Guest;
using Kiln.Sandbox.Guest.Identity;
using Kiln.Sandbox.Supervision;

namespace Kiln.Tests.ArchitectureRules;

/// <summary>The reference page of the supervised rung's filter, made from its rules.</summary>
internal static class SupervisorReference
{
    private static readonly (string How, IEnumerable<SystemCall> Calls)[] Answers =
    [
        ("the file is opened in the tree by the supervisor, and the caller gets the descriptor", GuestCalls.Opening),
        ("looked at in the tree; type, mode, owner and device are the recorded ones", GuestCalls.Looking),
        ("modes and owners are recorded, times and lengths are changed on disk", GuestCalls.Changing),
        ("done in the tree; whose it is and what device is recorded", GuestCalls.Naming),
        ("kept by the supervisor: the kernel's own idea of the process never changes", GuestCalls.Placing),
        ("`user.*` is the disk's, `security.capability` is recorded, access lists are not supported", GuestCalls.Attributes),
        ("program, interpreters and scripts are opened in the tree, and the caller is made to execute what was opened", GuestCalls.Executing),
        ("done by the supervisor on the descriptor, which the caller is made to hand over; a path means the tree's, an abstract name a socket that the step has bound", GuestCalls.Lending),
        ("believed identity: kept for each process by the supervisor", CredentialCalls.Rules.Select(rule => rule.Call)),
        ("judged: processes of the step alone exist, and who may do what to them goes by believed identity", GuestCalls.Signals.Concat(SupervisedCalls.OfProcesses).Select(rule => rule.Call)),
        ("a socket of a connected kind that keeps the bounds of messages (`SOCK_SEQPACKET`): no datagram goes to a path", [SystemCall.socket, SystemCall.socketpair]),
        ("the step's host name", [SystemCall.uname]),
    ];

    /// <summary>Those for some arguments alone.</summary>
    private static readonly (string How, IEnumerable<FilterRule> Rules)[] Particulars =
    [
        ("that limit, by which a process carries the number of its state, is unlimited to it and cannot be set", GuestCalls.Limits),
        ("the believed ids of who is at the other end", GuestCalls.Peers),
        ("permitted to the supervisor alone, which has a process say so while it starts a program", GuestCalls.Memories),
        ("opened by the supervisor, and the caller gets the descriptor: for the step the kernel opens files of the tree alone", GuestCalls.KernelOpening),
        ("the kernel's, unless it would put something in the place of the shortcuts' memory: EPERM", GuestCalls.Mappings),
        ("the caller takes no shortcuts any more, and the kernel makes the child", GuestCalls.Sharing),
        ("the caller takes no shortcuts any more, and the kernel puts its filter on it", GuestCalls.Filters),
    ];

    private static readonly Dictionary<(SystemCall Call, int Argument, uint Value), string> Names = new()
    {
        [(SystemCall.fcntl, 1, 3)] = "F_GETFL",
        [(SystemCall.clone, 0, 0x400)] = "CLONE_FILES alone",
        [(SystemCall.ioctl, 1, 0x5441)] = "TIOCGPTPEER",
        [(SystemCall.seccomp, 0, 0)] = "SECCOMP_SET_MODE_STRICT",
        [(SystemCall.seccomp, 0, 1)] = "SECCOMP_SET_MODE_FILTER",
        [(SystemCall.prctl, 0, 22)] = "PR_SET_SECCOMP",
        [(SystemCall.fcntl, 1, 8)] = "F_SETOWN",
        [(SystemCall.fcntl, 1, 15)] = "F_SETOWN_EX",
        [(SystemCall.ioctl, 1, 0x8901)] = "FIOSETOWN",
        [(SystemCall.ioctl, 1, 0x8902)] = "SIOCSPGRP",
        [(SystemCall.getsockopt, 1, 1)] = "SOL_SOCKET",
        [(SystemCall.setsockopt, 1, 1)] = "SOL_SOCKET",
        [(SystemCall.getsockopt, 2, 17)] = "SO_PEERCRED",
        [(SystemCall.getsockopt, 2, 77)] = "SO_PEERPIDFD",
        [(SystemCall.setsockopt, 2, 76)] = "SO_PASSPIDFD",
        [(SystemCall.prctl, 0, 3)] = "PR_GET_DUMPABLE",
        [(SystemCall.prctl, 0, 4)] = "PR_SET_DUMPABLE",
        [(SystemCall.prctl, 0, 7)] = "PR_GET_KEEPCAPS",
        [(SystemCall.prctl, 0, 8)] = "PR_SET_KEEPCAPS",
        [(SystemCall.prctl, 0, 21)] = "PR_GET_SECCOMP",
        [(SystemCall.prctl, 0, 23)] = "PR_CAPBSET_READ",
        [(SystemCall.prctl, 0, 24)] = "PR_CAPBSET_DROP",
        [(SystemCall.prctl, 0, 27)] = "PR_GET_SECUREBITS",
        [(SystemCall.prctl, 0, 28)] = "PR_SET_SECUREBITS",
        [(SystemCall.prctl, 0, 35)] = "PR_SET_MM",
        [(SystemCall.prctl, 0, 38)] = "PR_SET_NO_NEW_PRIVS",
        [(SystemCall.prctl, 0, 39)] = "PR_GET_NO_NEW_PRIVS",
        [(SystemCall.prctl, 0, 47)] = "PR_CAP_AMBIENT",
        [(SystemCall.prctl, 0, 55)] = "PR_SET_TAGGED_ADDR_CTRL",
        [(SystemCall.prctl, 0, 62)] = "PR_SCHED_CORE",
        [(SystemCall.prctl, 0, 0x53564D41)] = "PR_SET_VMA",
        [(SystemCall.prctl, 0, 0x59616D61)] = "PR_SET_PTRACER",
        [(SystemCall.getrlimit, 0, 10)] = "RLIMIT_LOCKS",
        [(SystemCall.setrlimit, 0, 10)] = "RLIMIT_LOCKS",
        [(SystemCall.prlimit64, 1, 10)] = "RLIMIT_LOCKS",
    };

    public static string Write()
    {
        var page = new StringBuilder("""
            # System calls of the supervised rung

            Made from `GuestCalls` in `src/Kiln.Sandbox/Guest`; a test fails when this page is stale. What the rung is: [isolation](isolation.md).

            A call is *answered* by the supervisor, *refused* with an error, or left to the kernel. An answered call's memory is read once, and what was read is what is judged and done. Of several rows
            for a call the first whose arguments fit counts; arguments are numbered from 0 and their low 32 bits count, as for the kernel. Calls of 32-bit programs (`int 0x80`) and of the x32 table fail with
            ENOSYS.

            A process that is root in the tree makes its most frequent calls by *shortcuts* (decision [0062](../decisions/0062-roots-commonest-calls-need-no-answer.md)): `open`, `openat`, `stat`, `lstat`, `newfstatat`, `fstat`, `access` and `readlink` of
            glibc's kind are then done without the supervisor, where it would have nothing to say; what comes of them is the same.

            ## Answered, refused and judged by their arguments

            | call | where | what becomes of it |
            |---|---|---|

            """);
        IGrouping<SystemCall, FilterRule>[] calls = [.. GuestCalls.Rules(RunNetwork.Host, shutsMetadata: true, hasShortcuts: true).GroupBy(rule => rule.Call).OrderBy(call => call.Key.ToString(), StringComparer.Ordinal)];
        foreach (IGrouping<SystemCall, FilterRule> call in calls.Where(call => !IsKernels(call)))
            WriteRows(page, call);
        page.Append("\nWith `RUN --network=none`, `socket` makes sockets of AF_UNIX alone.\n\n## Left to the kernel\n\nThey take no path and name no other process.\n\n");
        page.AppendJoin(", ", calls.Where(IsKernels).Select(call => $"`{call.Key}`"));
        page.Append("\n\n## All others\n\nfail with ENOSYS: those that are newer than this table, and\n\n");
        page.AppendJoin(", ", Enum.GetValues<SystemCall>().Except(calls.Select(call => call.Key)).Select(call => $"`{call}`").Order(StringComparer.Ordinal));
        return page.Append('\n').ToString();
    }

    private static bool IsKernels(IGrouping<SystemCall, FilterRule> call) => call.First() is { Tests.IsEmpty: true, ReturnAddress: null } rule && rule.Verdict == FilterVerdict.Allow;

    private static void WriteRows(StringBuilder page, IGrouping<SystemCall, FilterRule> call)
    {
        foreach (FilterRule rule in call)
        {
            IEnumerable<string> tests = [.. rule.ReturnAddress is null ? [] : new[] { "by a shortcut's one instruction" }, .. rule.Tests.Select(test => Describe(call.Key, test))];
            page.Append(CultureInfo.InvariantCulture, $"| `{call.Key}` | {string.Join(", ", tests)} | {Describe(rule)} |\n");
            if (rule.Tests.IsEmpty && rule.ReturnAddress is null)
                return;
        }
        page.Append(CultureInfo.InvariantCulture, $"| `{call.Key}` | otherwise | the kernel's |\n");
    }

    private static string Describe(SystemCall call, ArgumentTest test)
    {
        if (test.IsOfHigh)
            return $"argument {test.Index} >> 32 is {(test.Kind == ArgumentComparison.Equal ? "" : "at least ")}0x{test.Value:x}";
        string value = Names.TryGetValue((call, test.Index, test.Value), out string? name) ? name : test.Value < 1024 ? test.Value.ToString(CultureInfo.InvariantCulture) : $"0x{test.Value:x}";
        return test.Mask != uint.MaxValue ? test.Mask == test.Value ? $"argument {test.Index} has {value}" : $"argument {test.Index} & 0x{test.Mask:x} is {value}"
            : test.Kind == ArgumentComparison.Equal ? $"argument {test.Index} is {value}" : $"argument {test.Index} is at least {value}";
    }

    private static string Describe(FilterRule rule) =>
        rule.Verdict == FilterVerdict.Allow ? "the kernel's"
        : rule.Verdict == FilterVerdict.Notify ? $"answered: {Particulars.FirstOrDefault(answer => answer.Rules.Contains(rule)).How ?? Answers.First(answer => answer.Calls.Contains(rule.Call)).How}"
        : (rule.Verdict.Value & 0xFFFF) is 0 ? "is 0, and nothing happens" : $"refused: {(Errno)(rule.Verdict.Value & 0xFFFF)}";
}
