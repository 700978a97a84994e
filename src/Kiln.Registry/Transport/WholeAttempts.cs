// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Registry.Transport;

/// <summary>Begins something anew from its start, where all tries of one of its requests were in vain. What was refused stays refused.</summary>
internal sealed class WholeAttempts(RegistryOptions options, TimeProvider timeProvider)
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    public async Task<T> RunAsync<T>(RegistryAccess access, Func<Task<T>> attempt, CancellationToken cancellationToken)
    {
        int left = access == RegistryAccess.Push ? options.PushRetries : options.PullRetries;
        for (TimeSpan delay = options.AttemptDelay; ; delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay)
        {
            try
            {
                return await attempt();
            }
            catch (BuildException e) when (left-- > 0 && MayPass(e.Diagnostic.Rule))
            {
                await Task.Delay(delay, timeProvider, cancellationToken);
            }
        }
    }

    private static bool MayPass(DiagnosticRule rule) =>
        rule == DiagnosticRules.RegistryFailing || rule == DiagnosticRules.RegistryUnreachable
        || rule == DiagnosticRules.RegistryProtocol || rule == DiagnosticRules.ContentMismatch;
}
