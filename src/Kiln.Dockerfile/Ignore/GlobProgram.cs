// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Numerics;
using System.Text;

namespace Kiln.Dockerfile.Ignore;

/// <summary>
/// A compiled pattern. It follows all ways through the pattern at once, a bit for each place, so that a path costs time in
/// proportion to its length, whatever the pattern; and one pass answers for all of the path's parents too.
/// </summary>
internal sealed class GlobProgram
{
    private readonly GlobState[] _states;

    /// <summary>How many words of bits hold all places, the end included.</summary>
    private readonly int _words;

    public GlobProgram(GlobState[] states)
    {
        _states = states;
        _words = states.Length / 64 + 1;
    }

    public bool Matches(ReadOnlySpan<byte> path) => Run(path, parents: false).Matched;

    public bool MatchesPathOrParent(ReadOnlySpan<byte> path) => Run(path, parents: true).Matched;

    /// <summary>Whether there may be a path below a directory that matches.</summary>
    public bool CanMatchBelow(ReadOnlySpan<byte> directory) => directory.IsEmpty || Run([.. directory, (byte)'/'], parents: false).Alive;

    private (bool Matched, bool Alive) Run(ReadOnlySpan<byte> path, bool parents)
    {
        Span<ulong> live = stackalloc ulong[_words], next = stackalloc ulong[_words];
        Enter(live, 0, atStart: true);
        while (!path.IsEmpty)
        {
            if (parents && path[0] == '/' && HasEnd(live))
                return (true, true);
            // In the directories of a `**`, with nothing begun behind it, only a slash leads on.
            if (IsInDirectories(OnlyPlace(live)))
            {
                int slash = path.IndexOfAny((byte)'/', (byte)'\n');
                if (slash < 0)
                    return (false, true);
                path = path[slash..];
            }
            // Of bytes that are no character, Go takes one at a time for U+FFFD.
            OperationStatus status = Rune.DecodeFromUtf8(path, out Rune rune, out int consumed);
            path = path[(status is OperationStatus.Done ? consumed : 1)..];
            if (!Step(live, next, rune))
                return (false, false);
            Span<ulong> swap = live;
            live = next;
            next = swap;
        }
        return (HasEnd(live), true);
    }

    /// <summary>Takes a character; false where no place is left.</summary>
    private bool Step(ReadOnlySpan<ulong> live, Span<ulong> next, Rune rune)
    {
        next.Clear();
        bool any = false;
        for (int word = 0; word < live.Length; word++)
        {
            for (ulong bits = live[word]; bits != 0; bits &= bits - 1)
            {
                int index = word * 64 + BitOperations.TrailingZeroCount(bits);
                if (index == _states.Length)
                    continue;
                GlobState state = _states[index];
                bool stays = state.Stays(rune), advances = state.Advances(rune);
                if (stays)
                    Enter(next, index, atStart: false);
                if (advances)
                    Enter(next, index + 1, atStart: false);
                any |= stays || advances;
            }
        }
        return any;
    }

    /// <summary>The only live place; -1 where there are several.</summary>
    private static int OnlyPlace(ReadOnlySpan<ulong> live)
    {
        int place = -1;
        for (int word = 0; word < live.Length; word++)
        {
            if (live[word] == 0)
                continue;
            if (place >= 0 || !BitOperations.IsPow2(live[word]))
                return -1;
            place = word * 64 + BitOperations.TrailingZeroCount(live[word]);
        }
        return place;
    }

    private bool IsInDirectories(int place) =>
        place >= 0 && place < _states.Length && _states[place].Kind is GlobStateKind.InDirectories;

    private bool HasEnd(ReadOnlySpan<ulong> live) => (live[^1] >> (_states.Length % 64) & 1) != 0;

    /// <summary>Adds a place and those that are reached from it without a character.</summary>
    private void Enter(Span<ulong> places, int state, bool atStart)
    {
        while (true)
        {
            ulong bit = 1UL << (state % 64);
            if ((places[state / 64] & bit) != 0)
                return;
            places[state / 64] |= bit;
            if (state == _states.Length)
                return;
            switch (_states[state].Kind)
            {
                case GlobStateKind.AnyRun or GlobStateKind.ClassRun or GlobStateKind.Anything:
                case GlobStateKind.Start when atStart:
                    state++;
                    break;
                case GlobStateKind.Directories:
                    places[(state + 1) / 64] |= 1UL << ((state + 1) % 64);
                    state += 2;
                    break;
                default:
                    return;
            }
        }
    }
}
