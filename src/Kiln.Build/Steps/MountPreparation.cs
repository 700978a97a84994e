// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Build.Secrets;
using Kiln.Build.Stacks;
using Kiln.Diagnostics;
using Kiln.Dockerfile.Instructions;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Planning.Steps;
using Kiln.Sandbox.Mounts;
using Kiln.Sandbox.Ssh;

namespace Kiln.Build.Steps;

/// <summary>
/// Turns the mounts of a `RUN` into what the sandbox mounts: sources laid out on disk as `COPY` would copy them, caches with their locks, secrets in memory, agents behind sockets.
/// </summary>
/// <param name="request">The build.</param>
/// <param name="depot">What has the layers.</param>
/// <param name="sources">What is bound.</param>
/// <param name="work">Where copies lie.</param>
/// <param name="lent">Whether the sandbox takes what is bound away for the step's time.</param>
/// <param name="time">For waiting.</param>
internal sealed class MountPreparation(BuildRequest request, LayerDepot depot, SourceCatalog sources, WorkDirectory work, bool lent, TimeProvider time)
{
    private const string AgentVariable = "SSH_AUTH_SOCK";

    private readonly SourceLayout _layout = new(depot, sources, work, time);

    internal async Task<PreparedMounts> PrepareAsync(RunStep step, CancellationToken cancellationToken)
    {
        var prepared = new PreparedMounts(depot.TreeOptions.Owners.Inodes);
        try
        {
            await PrepareAsync(step, prepared, cancellationToken);
            return prepared;
        }
        catch
        {
            prepared.Dispose();
            throw;
        }
    }

    private async Task PrepareAsync(RunStep step, PreparedMounts prepared, CancellationToken cancellationToken)
    {
        prepared.Secrets = SecretPatterns.Of(
            request.Secrets.Where(secret => step.Mounts.Any(mount => mount.Type == MountType.Secret && mount.Id == secret.Key)));
        if (step.Script is { } script)
            prepared.Mounts.Add(new FileMount { Target = UnixPath.Clean(script.Path), Content = Encoding.UTF8.GetBytes(script.Content), Mode = 0x1ED });
        IReadOnlyDictionary<StepMount, BindMount> caches = await new CachePreparation(depot, sources, _layout, work, lent, time)
            .PrepareAsync(step.Mounts.Where(mount => mount.Type == MountType.Cache), prepared, cancellationToken);
        foreach (StepMount mount in step.Mounts)
        {
            switch (mount.Type)
            {
                case MountType.Bind:
                    prepared.Mounts.Add(await BindAsync(mount, prepared, cancellationToken));
                    break;
                case MountType.Cache:
                    prepared.Mounts.Add(caches[mount]);
                    break;
                case MountType.Tmpfs:
                    prepared.Mounts.Add(new TemporaryMount { Target = UnixPath.Clean(mount.Target!), Size = mount.Size });
                    break;
                case MountType.Secret:
                    AddSecret(mount, prepared);
                    break;
                case MountType.Ssh:
                    AddAgent(mount, step, prepared);
                    break;
            }
        }
    }

    private async Task<BindMount> BindAsync(StepMount mount, PreparedMounts prepared, CancellationToken cancellationToken) => new()
    {
        Target = UnixPath.Clean(mount.Target!),
        Source = await _layout.WriteAsync(mount, prepared.OwnTree(depot.NewTree()), cancellationToken),
        // The copy is this step's own, so what it writes there is gone with it.
        Access = mount.ReadOnly ? BindAccess.ReadOnly : BindAccess.ReadWrite,
    };

    private void AddSecret(StepMount mount, PreparedMounts prepared)
    {
        if (!request.Secrets.TryGetValue(mount.Id, out BuildSecret? secret))
        {
            if (mount.Required)
                throw DiagnosticRules.SecretMissing.Error($"secret {mount.Id}: not found", mount.Span);
            return;
        }
        if (mount.Variable is not null && secret.Content.Span.Contains((byte)0))
            throw DiagnosticRules.SecretUnusable.Error($"the secret `{mount.Id}` holds a zero byte, which no environment variable can", mount.Span);
        if (mount.Variable is { } variable)
            prepared.Environment.Add($"{variable}={Encoding.UTF8.GetString(secret.Content.Span)}");
        if (mount.Target is { } target)
            prepared.Mounts.Add(new FileMount
            {
                Target = UnixPath.Clean(target),
                Content = secret.Content,
                IsSecret = true,
                Mode = mount.Mode,
                Uid = mount.Uid,
                Gid = mount.Gid,
            });
    }

    private void AddAgent(StepMount mount, RunStep step, PreparedMounts prepared)
    {
        if (!request.SshAgents.TryGetValue(mount.Id, out SshAgent? agent))
        {
            if (mount.Required)
                throw DiagnosticRules.SshAgentMissing.Error($"no SSH key \"{mount.Id}\" forwarded from the client", mount.Span);
            return;
        }
        SshAgentServer server = prepared.Own(SshAgentServer.Start(
            agent,
            prepared.OwnTree(work.NewScratch()),
            depot.TreeOptions.Owners.Represent(new InodeRecord(FileType.Socket, mount.Mode, mount.Uid, mount.Gid)),
            depot.TreeOptions.Owners.Inodes));
        prepared.Mounts.Add(new BindMount { Target = UnixPath.Clean(mount.Target!), Source = server.Path });
        if (!step.Environment.Concat(prepared.Environment).Any(variable => variable.StartsWith($"{AgentVariable}=", StringComparison.Ordinal)))
            prepared.Environment.Add($"{AgentVariable}={mount.Target}");
    }
}
