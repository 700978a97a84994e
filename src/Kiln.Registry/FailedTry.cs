// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Registry;

/// <summary>A request that failed and is sent again, for whoever wonders what a build waits for.</summary>
/// <param name="Action">What was to be done: "pull `docker.io/library/debian:12`".</param>
/// <param name="Reason">What happened, in words for users.</param>
/// <param name="Number">Which try it was, from 1.</param>
/// <param name="Of">How many there will be at most.</param>
/// <param name="WasSilent">Nothing came until patience ended, so that it took long.</param>
public sealed record FailedTry(string Action, string Reason, int Number, int Of, bool WasSilent)
{
    public override string ToString() => $"cannot {Action}: {Reason}; trying again (try {Number} of {Of} failed)";
}
