// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Kiln.Cli.Flags;

namespace Kiln.Cli.Commands;

/// <summary>`kiln login [HOST]`, `kiln logout [HOST]` and `kiln auth explain HOST[/REPOSITORY]`.</summary>
internal static class LoginCommand
{
    internal static Command Create(Func<BuildArguments, string?, CancellationToken, Task<int>> login, IReadOnlyDictionary<string, string> environment) => Create(
        "login", "Log in to a registry, and keep the password in `config.json` or the helper that it names", OptionalHost(), LoginFlags.Login, login, environment);

    internal static Command CreateLogout(Func<BuildArguments, string?, CancellationToken, Task<int>> logout) =>
        Create("logout", "Forget the password for a registry", OptionalHost(), [], logout, new Dictionary<string, string>());

    internal static Command CreateAuth(Func<BuildArguments, string?, CancellationToken, Task<int>> explain, IReadOnlyDictionary<string, string> environment) =>
        new("auth", "Questions about credentials")
        {
            Create(
                "explain", "Show which credential is used for an image and why, and what the registry answers to it; never the secret",
                new Argument<string>("HOST[/REPOSITORY]") { Description = "A registry, or an image of one" }, LoginFlags.Explain, explain, environment),
        };

    private static Argument<string> OptionalHost() =>
        new("HOST") { Arity = ArgumentArity.ZeroOrOne, Description = "The registry, `host[:port]`; without it Docker Hub" };

    private static Command Create(
        string name, string description, Argument<string> subject, IReadOnlyList<Flag> flags,
        Func<BuildArguments, string?, CancellationToken, Task<int>> run, IReadOnlyDictionary<string, string> environment)
    {
        var command = new Command(name, description);
        command.Add(subject);
        Action<ParseResult, BuildArguments> read = FlagOptions.Add(command, flags, environment);
        command.SetAction((parsed, cancellationToken) =>
        {
            var arguments = new BuildArguments();
            read(parsed, arguments);
            return run(arguments, parsed.GetValue(subject), cancellationToken);
        });
        return command;
    }
}
