// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Ssh;

/// <summary>
/// Who answers a step's `ssh`: keys of files, or somebody else's agent. It lives as long as the build and serves several connections at a time.
/// </summary>
public abstract class SshAgent : IDisposable
{
    private protected SshAgent()
    {
    }

    /// <summary>Whether the message's kind is one that a step may send: asking for the keys, and for a signature. No step adds, removes or locks keys.</summary>
    internal static bool IsPermitted(ReadOnlySpan<byte> request) => request is [SshAgentMessage.RequestIdentities or SshAgentMessage.SignRequest, ..];

    /// <summary>An agent of keys. An <see cref="InvalidDataException"/> tells what is wrong with one, and nothing of its content.</summary>
    /// <param name="keys">For each a name for people, and the content of its file.</param>
    public static SshAgent OfKeys(IEnumerable<(string Comment, string Text)> keys)
    {
        var parsed = new List<(string, SshKey)>();
        try
        {
            foreach ((string comment, string text) in keys)
                parsed.Add((comment, SshKeyFile.Parse(text)));
        }
        catch
        {
            parsed.ForEach(key => key.Item2.Dispose());
            throw;
        }
        return new SshKeyAgent(parsed);
    }

    /// <summary>The agent that listens on a socket.</summary>
    public static SshAgent OfSocket(string path) => new SshForwardedAgent(path);

    /// <summary>The answer to a message, both without their length.</summary>
    internal abstract Task<byte[]> AnswerAsync(byte[] request, CancellationToken cancellationToken);

    public abstract void Dispose();
}
