// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text;
using Kiln.Build;
using Kiln.Diagnostics;

namespace Kiln.Cli.Start;

/// <summary>
/// Reads `--secret id=ID[,src=FILE|,env=VARIABLE][,type=file|env]`. With neither, the id names a variable if there is one, else a file. Where `src` is a directory, as
/// Kubernetes mounts secrets, each file in it is a secret: `ID/FILE`, and without an id `FILE`. A secret's content is never part of a message.
/// </summary>
internal static class SecretArguments
{
    private const long Largest = 500 * 1024; // BuildKit's limit

    internal static ImmutableDictionary<string, BuildSecret> Read(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var secrets = ImmutableDictionary.CreateBuilder<string, BuildSecret>();
        foreach (string argument in arguments)
        {
            foreach ((string id, BuildSecret secret) in Read(argument, environment))
                if (!secrets.TryAdd(id, secret))
                    throw DiagnosticRules.InvalidArgument.Error($"the secret `{id}` is given twice");
        }
        return secrets.ToImmutable();
    }

    private static IEnumerable<(string Id, BuildSecret Secret)> Read(string argument, IReadOnlyDictionary<string, string> environment)
    {
        string? id = null, file = null, variable = null, type = null;
        foreach (string part in argument.Split(','))
        {
            (string key, string value) = part.Split('=', 2) is [var k, var v] ? (k, v)
                : throw Invalid(argument, $"`{part}` is not of the form KEY=VALUE");
            switch (key)
            {
                case "id":
                    id = value;
                    break;
                case "src" or "source":
                    file = value;
                    break;
                case "env":
                    variable = value;
                    break;
                case "type" when value is "file" or "env":
                    type = value;
                    break;
                default:
                    throw Invalid(argument, $"`{part}` means nothing here");
            }
        }
        if (variable is null && type is null or "file" && Directory.Exists(file))
            return FromDirectory(argument, id, file);
        if (string.IsNullOrEmpty(id))
            throw Invalid(argument, "it has no id");
        if ((file is not null && variable is not null) || (type == "file" && variable is not null))
            throw Invalid(argument, "it names both a file and a variable");
        if (type == "env" && file is not null)
            (variable, file) = (file, null);
        if (file is null && variable is null)
        {
            bool isVariable = type == "env" || (type is null && environment.ContainsKey(id));
            variable = isVariable ? id : null;
            file = isVariable ? null : id;
        }
        return [(id, variable is not null ? FromVariable(argument, variable, environment) : FromFile(argument, file!))];
    }

    /// <summary>Kubernetes keeps the files in directories whose names begin with two dots, and links to them.</summary>
    private static IEnumerable<(string Id, BuildSecret Secret)> FromDirectory(string argument, string? id, string directory) =>
        from file in Directory.EnumerateFiles(directory).Order(StringComparer.Ordinal)
        let name = Path.GetFileName(file)
        where !name.StartsWith("..", StringComparison.Ordinal)
        select (string.IsNullOrEmpty(id) ? name : $"{id}/{name}", FromFile(argument, file));

    private static BuildSecret FromVariable(string argument, string variable, IReadOnlyDictionary<string, string> environment) =>
        environment.TryGetValue(variable, out string? value)
            ? new BuildSecret(Encoding.UTF8.GetBytes(value))
            : throw Invalid(argument, $"the environment has no variable `{variable}`");

    private static BuildSecret FromFile(string argument, string file)
    {
        try
        {
            return new FileInfo(file).Length <= Largest
                ? new BuildSecret(File.ReadAllBytes(file))
                : throw Invalid(argument, $"the file is larger than {Largest} bytes");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Invalid(argument, $"its file cannot be read: {e.Message.TrimEnd('.')}");
        }
    }

    private static BuildException Invalid(string argument, string why) =>
        DiagnosticRules.InvalidArgument.Error($"the secret `{argument}` cannot be used: {why}", hint: "write `--secret id=NAME,src=FILE` or `--secret id=NAME,env=VARIABLE`");
}
