// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Kiln.Linux.Processes;

/// <summary>What `/proc/PID/status` tells everybody of a process or thread, proc_pid_status(5).</summary>
public sealed record ProcessStatus
{
    /// <summary>Of a thread the process's.</summary>
    public int ProcessId { get; private init; }

    public int ParentId { get; private init; }

    public int FileCreationMask { get; private init; }

    public uint EffectiveUid { get; private init; }

    public uint EffectiveGid { get; private init; }

    public uint FileUid { get; private init; }

    public uint FileGid { get; private init; }

    public uint[] Groups { get; private init; } = [];

    /// <summary>How many filters it is under. None can be taken off, so a descendant has as many or more.</summary>
    public int Filters { get; private init; }

    /// <summary>In how many pid namespaces it has a number, from ours down: more than one where it has one of its own.</summary>
    public int NamespaceDepth { get; private init; } = 1;

    /// <summary>0 none, 1 strict, 2 filtered.</summary>
    public int FilterMode { get; private init; }

    /// <summary>Whether a signal waits for the thread that it does not block and has a handler for.</summary>
    public bool HandlesPendingSignal => ((ThreadSignals | ProcessSignals) & ~BlockedSignals & HandledSignals) != 0;

    private ulong ThreadSignals { get; init; }

    private ulong ProcessSignals { get; init; }

    private ulong BlockedSignals { get; init; }

    private ulong HandledSignals { get; init; }

    /// <summary>Null where there is no such process any more.</summary>
    public static ProcessStatus? Find(int id)
    {
        try
        {
            return Parse(File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/status")));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>From the file's text. What an older kernel does not tell is 0.</summary>
    public static ProcessStatus Parse(string text)
    {
        var status = new ProcessStatus();
        foreach (string line in text.Split('\n'))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
                continue;
            string[] words = line[(colon + 1)..].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            status = line.AsSpan(0, colon) switch
            {
                "Tgid" => status with { ProcessId = (int)Number(words[0]) },
                "PPid" => status with { ParentId = (int)Number(words[0]) },
                "Umask" => status with { FileCreationMask = Convert.ToInt32(words[0], 8) },
                "Uid" => status with { EffectiveUid = Number(words[1]), FileUid = Number(words[3]) },
                "Gid" => status with { EffectiveGid = Number(words[1]), FileGid = Number(words[3]) },
                "Groups" => status with { Groups = [.. words.Select(Number)] },
                "NSpid" => status with { NamespaceDepth = words.Length },
                "SigPnd" => status with { ThreadSignals = Mask(words[0]) },
                "ShdPnd" => status with { ProcessSignals = Mask(words[0]) },
                "SigBlk" => status with { BlockedSignals = Mask(words[0]) },
                "SigCgt" => status with { HandledSignals = Mask(words[0]) },
                "Seccomp" => status with { FilterMode = (int)Number(words[0]) },
                "Seccomp_filters" => status with { Filters = (int)Number(words[0]) },
                _ => status,
            };
        }
        return status;
    }

    private static ulong Mask(string word) => ulong.Parse(word, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static uint Number(string word) => uint.Parse(word, NumberStyles.None, CultureInfo.InvariantCulture);
}
