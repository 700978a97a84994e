// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Outputs;

namespace Kiln.Cli.Flags;

/// <summary>The command line of `kiln build`, or of another command, as it was typed: nothing is checked yet.</summary>
internal sealed class BuildArguments
{
    /// <summary>Called as kaniko's executor.</summary>
    internal bool IsExecutor { get; init; }

    internal const string UsualContext = "/workspace/";

    internal string Context { get; set; } = UsualContext;

    internal string ContextSubPath { get; set; } = "";

    internal string? Bucket { get; set; }

    internal List<string> Git { get; } = [];

    internal string Dockerfile { get; set; } = "Dockerfile";

    internal List<string> Destinations { get; } = [];

    internal bool NoPush { get; set; }

    internal bool SkipPushCheck { get; set; }

    internal string PushRetry { get; set; } = "0";

    internal bool KeepImmutableTags { get; set; }

    internal string DownloadRetry { get; set; } = "0";

    internal string SnapshotMode { get; set; } = "full";

    internal string ExtractRetry { get; set; } = "0";

    internal string? TarPath { get; set; }

    internal string? OciLayoutPath { get; set; }

    internal List<string> Outputs { get; } = [];

    /// <summary>What <see cref="Outputs"/> come to that is a file or a directory.</summary>
    internal List<FileOutput> Files { get; } = [];

    internal string? DigestFile { get; set; }

    internal string? NameDigestFile { get; set; }

    internal string? NameTagDigestFile { get; set; }

    internal string? MetadataFile { get; set; }

    internal string? ImageFormat { get; set; }

    internal string? Compression { get; set; }

    internal string CompressionLevel { get; set; } = "-1";

    internal List<string> BuildArgs { get; } = [];

    internal List<string> Targets { get; } = [];

    internal string Compat { get; set; } = "docker";

    internal string Reproducible { get; set; } = "false";

    internal List<string> IgnoredPaths { get; } = [];

    internal List<string> Labels { get; } = [];

    internal string? Platform { get; set; }

    internal List<string> BuildContexts { get; } = [];

    internal List<string> Secrets { get; } = [];

    internal List<string> SshAgents { get; } = [];

    internal string? RunTimeout { get; set; }

    internal string? Jobs { get; set; }

    internal bool AllowMetadata { get; set; }

    internal string Verbosity { get; set; } = "info";

    internal string Progress { get; set; } = "auto";

    internal string? LogFormat { get; set; }

    internal bool LogTimestamp { get; set; }

    internal List<string> RegistryMirrors { get; } = [];

    internal List<string> RegistryMaps { get; } = [];

    internal bool SkipDefaultRegistryFallback { get; set; }

    internal List<string> RegistryCertificates { get; } = [];

    internal List<string> RegistryClientCertificates { get; } = [];

    /// <summary>Empty for all of them, one empty word for none.</summary>
    internal List<string> CredentialSources { get; } = [];

    internal bool Insecure { get; set; }

    internal bool InsecurePull { get; set; }

    internal List<string> InsecureRegistries { get; } = [];

    internal bool SkipTlsVerify { get; set; }

    internal bool SkipTlsVerifyPull { get; set; }

    internal List<string> SkipTlsVerifyRegistries { get; } = [];

    internal string? RootDirectory { get; set; }

    internal string? CacheDirectory { get; set; }

    internal bool Cache { get; set; }

    internal string? CacheRepository { get; set; }

    internal List<string> CacheFrom { get; } = [];

    internal List<string> CacheTo { get; } = [];

    internal bool NoCache { get; set; }

    internal bool NoPushCache { get; set; }

    internal bool CacheCopyLayers { get; set; }

    internal bool CacheRunLayers { get; set; } = true;

    internal bool CacheVerify { get; set; }

    internal bool CacheSecretDigest { get; set; }

    internal string CacheTimeToLive { get; set; } = "336h";

    /// <summary>Put into the cache directory: before a build, or by `kiln warmer`.</summary>
    internal List<string> WarmImages { get; } = [];

    /// <summary>Of `kiln warmer` alone.</summary>
    internal bool WarmAnew { get; set; }

    internal bool Check { get; set; }

    /// <summary>Of `kiln lint` alone.</summary>
    internal string LintFormat { get; set; } = "text";

    internal string PlanFormat { get; set; } = "text";

    /// <summary>Of `kiln lint` alone.</summary>
    internal bool FindingsAreErrors { get; set; }

    internal string Isolation { get; set; } = "auto";

    /// <summary>Of the commands that move images alone.</summary>
    internal string? ImagePlatform { get; set; }

    /// <summary>Of `kiln pull` alone.</summary>
    internal bool AllPlatforms { get; set; }

    /// <summary>Of `kiln push` alone.</summary>
    internal bool AllImages { get; set; }

    /// <summary>Of `kiln manifest create` alone.</summary>
    internal List<string> Annotations { get; } = [];

    /// <summary>Of `kiln manifest inspect` alone.</summary>
    internal bool ShowsConfiguration { get; set; }

    /// <summary>Of `kiln cache prune` alone.</summary>
    internal string? KeepDays { get; set; }

    /// <summary>Of `kiln cache prune` alone.</summary>
    internal string? KeepSize { get; set; }

    /// <summary>Of a build, and of `kiln cache prune`.</summary>
    internal bool DryRun { get; set; }

    /// <summary>Of `kiln cache verify` alone.</summary>
    internal bool RemoveBroken { get; set; }

    /// <summary>Of `kiln login` alone.</summary>
    internal string? Username { get; set; }

    /// <summary>Of `kiln login` alone.</summary>
    internal string? Password { get; set; }

    /// <summary>Of `kiln login` alone.</summary>
    internal bool PasswordFromInput { get; set; }
}
