// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Flags;

/// <summary>The flags of `kiln build`, one row a flag. Nothing else knows their names.</summary>
internal static class BuildFlags
{
    internal static readonly IReadOnlyList<Flag> All =
    [
        new TextFlag("context", "The build context: a directory, an archive (`tar://FILE`, `tar://stdin`, `https://`, `s3://`, `gs://`, an Azure blob's URL), a git repository or the files of an image (`oci://`)", (a, v) => a.Context = v)
            { Short = 'c', ValueName = "PLACE", Default = BuildArguments.UsualContext },
        new TextFlag("context-sub-path", "Take this directory of the context as the context (kaniko: not of a directory without `dir://`)", (a, v) => a.ContextSubPath = v)
            { ValueName = "PATH", Kaniko = KanikoParity.Differs },
        new TextFlag("bucket", "Take the context from this bucket of Google's, or another place, where `--context` names none (kaniko: where it is empty)", (a, v) => a.Bucket = v)
            { Short = 'b', ValueName = "BUCKET[/OBJECT]", Kaniko = KanikoParity.Differs },
        new ListFlag("git", "How a git context is cloned: `branch=`, `single-branch=`, `depth=`, `recurse-submodules=`, `insecure-skip-tls=`", (a, v) => a.Git.AddRange(v))
            { ValueName = "NAME=VALUE" },
        new TextFlag("dockerfile", "The Dockerfile, looked up in the working directory, then in the context, or its URL", (a, v) => a.Dockerfile = v)
            { Short = 'f', ValueName = "PATH|URL", Default = "Dockerfile" },
        new ListFlag("destination", "Push the image to this reference", (a, v) => a.Destinations.AddRange(v))
            { Short = 'd', ValueName = "REFERENCE" },
        new SwitchFlag("no-push", "Push nothing", (a, v) => a.NoPush = v) { Variable = "KANIKO_NO_PUSH" },
        new SwitchFlag("skip-push-permission-check", "Do not ask the registries before the build whether it may push there", (a, v) => a.SkipPushCheck = v),
        new TextFlag("push-retry", "Begin a push that failed anew, so many times, after all tries of one of its requests were in vain", (a, v) => a.PushRetry = v)
            { ValueName = "NUMBER", Default = "0" },
        new SwitchFlag("push-ignore-immutable-tag-errors", "Let a tag that the registry keeps for another image be", (a, v) => a.KeepImmutableTags = v),
        new TextFlag("image-download-retry", "Begin a pull that failed anew, so many times, after all tries of one of its requests were in vain (kaniko: of manifests only)", (a, v) => a.DownloadRetry = v)
            { ValueName = "NUMBER", Default = "0", Kaniko = KanikoParity.Differs },
        new TextFlag("tar-path", "Write the image to this file, as `docker save` does", (a, v) => a.TarPath = v) { ValueName = "FILE", OldNames = ["tarPath"] },
        new TextFlag("oci-layout-path", "Write the image to this directory, as an OCI image layout", (a, v) => a.OciLayoutPath = v)
            { ValueName = "DIRECTORY" },
        new ListFlag("output", "Write what is built there, as buildx spells it: `type=local` (the image's files), `tar`, `oci`, `docker`, `image` or `registry`, with `dest=` or `name=`; a directory alone, or `-`, is its files", (a, v) => a.Outputs.AddRange(v))
            { Short = 'o', ValueName = "type=TYPE,...", Kaniko = KanikoParity.Own },
        new TextFlag("digest-file", "Write the image's digest to this file, or put it to this address, once everything else is done", (a, v) => a.DigestFile = v)
            { ValueName = "FILE|URL" },
        new TextFlag("image-name-with-digest-file", "Write `HOST/REPOSITORY@DIGEST` of each destination there, a line each", (a, v) => a.NameDigestFile = v)
            { ValueName = "FILE|URL" },
        new TextFlag("image-name-tag-with-digest-file", "Write `HOST/REPOSITORY:TAG@DIGEST` of each destination there, a line each", (a, v) => a.NameTagDigestFile = v)
            { ValueName = "FILE|URL" },
        new TextFlag("metadata-file", "Write there what was built, as JSON in BuildKit's words", (a, v) => a.MetadataFile = v)
            { ValueName = "FILE|URL", Kaniko = KanikoParity.Own },
        new SwitchFlag("check", "Plan the build and report what its checks find, in all stages unless `--target` names one; build nothing", (a, v) => a.Check = v)
            { Kaniko = KanikoParity.Own },
        new SwitchFlag("dryrun", "Say what would be built, as `kiln plan` does; build and push nothing", (a, v) => a.DryRun = v),
        new ListFlag("build-arg", "Give an `ARG` a value; without `=` the environment's", (a, v) => a.BuildArgs.AddRange(v))
            { ValueName = "NAME[=VALUE]" },
        new ListFlag("target", "Build this stage instead of the last one; of several all are built, and the first becomes the image", (a, v) => a.Targets.AddRange(v))
            { ValueName = "STAGE" },
        new ListFlag("ignore-path", "Put what steps write at this path or below it into no layer, wildcards as in `COPY`; later steps do not see it either (kaniko: they do, unless a cache had the step)", (a, v) => a.IgnoredPaths.AddRange(v))
            { ValueName = "PATH", Kaniko = KanikoParity.Differs },
        new ListFlag("label", "Give the image a label, also where the Dockerfile gives it another value (kaniko keeps the Dockerfile's)", (a, v) => a.Labels.AddRange(v))
            { ValueName = "NAME=VALUE", Kaniko = KanikoParity.Differs },
        new TextFlag("custom-platform", "Build for this platform instead of the machine's", (a, v) => a.Platform = v)
            { ValueName = "OS/ARCH[/VARIANT]", OldNames = ["customPlatform"] },
        new ListFlag("build-context", "Define a name for `FROM` and `--from`: a directory, `docker-image://REFERENCE`, `oci-layout://PATH[:TAG]`, `docker-archive:FILE[:NAME]`, a git repository or the URL of an archive", (a, v) => a.BuildContexts.AddRange(v))
            { ValueName = "NAME=SOURCE", Kaniko = KanikoParity.Own },
        new ListFlag("secret", "Give a secret to `RUN --mount=type=secret`; of a directory each file is one", (a, v) => a.Secrets.AddRange(v))
            { ValueName = "id=NAME[,src=FILE|,env=VARIABLE]" },
        new ListFlag("ssh", "Let `RUN --mount=type=ssh` sign with the agent of SSH_AUTH_SOCK, another one, or keys", (a, v) => a.SshAgents.AddRange(v))
            { ValueName = "ID[=SOCKET|KEY[,KEY]]", Kaniko = KanikoParity.Own },
        new TextFlag("jobs", "How many steps are carried out at the same time; the machine's processors where nothing is said", (a, v) => a.Jobs = v)
            { ValueName = "NUMBER", Kaniko = KanikoParity.Own },
        new TextFlag("run-timeout", "End a `RUN` that takes longer, and the build with it, by exit status 124", (a, v) => a.RunTimeout = v)
            { ValueName = "DURATION", Kaniko = KanikoParity.Own },
        new SwitchFlag("allow-metadata", "Let `RUN` and `ADD` ask the metadata services of clouds, as 169.254.169.254, which give credentials to whoever can", (a, v) => a.AllowMetadata = v)
            { Kaniko = KanikoParity.Own },
        new TextFlag("image-format", "Which media types manifest, configuration and layers have: `oci` or `docker` (kaniko: those of the base)", (a, v) => a.ImageFormat = v)
            { Choices = ["oci", "docker"], ValueName = "NAME", Default = "oci", Kaniko = KanikoParity.Differs },
        new TextFlag("compat", "Whose images come out where builders disagree: `docker`, or `kaniko` in what COMPAT.md lists", (a, v) => a.Compat = v)
            { Choices = ["docker", "kaniko"], ValueName = "BUILDER", Default = "docker", Variable = "KILN_COMPAT", Kaniko = KanikoParity.Own },
        new ListFlag("annotation", "Give the image's manifest an annotation", (a, v) => a.Annotations.AddRange(v)) { ValueName = "NAME=VALUE" },
        new TextFlag("compression", "How the layers are packed that the build makes: `gzip`, `zstd` or `none`; the base's stay as they are", (a, v) => a.Compression = v)
            { Choices = ["gzip", "zstd", "none"], ValueName = "NAME", Default = "gzip" },
        new TextFlag("compression-level", "How small the layers get, and how slowly: 0 to 9 for gzip, 1 to 22 for zstd, -1 for the default (kaniko takes 0 for it)", (a, v) => a.CompressionLevel = v)
            { ValueName = "NUMBER", Default = "-1", Kaniko = KanikoParity.Differs },
        new ChoiceFlag("reproducible", "Give all files of the new layers and the image one time, SOURCE_DATE_EPOCH or 1970; with `check` build twice, and publish only if both are equal (kaniko changes the base's layers too)", (a, v) => a.Reproducible = v)
            { Choices = ["true", "false", "check"], ValueName = "true|false|check", Default = "false", Kaniko = KanikoParity.Differs },
        new ListFlag("registry-mirror", "Ask this registry for Docker Hub's images first", (a, v) => a.RegistryMirrors.AddRange(v))
            { ValueName = "HOST", Variable = "KANIKO_REGISTRY_MIRROR" },
        new ListFlag("registry-map", "Ask another registry for the images of this one first, `docker.io` and `index.docker.io` being the same", (a, v) => a.RegistryMaps.AddRange(v))
            { ValueName = "HOST=HOST[/PREFIX]", Variable = "KANIKO_REGISTRY_MAP", Kaniko = KanikoParity.Differs },
        new SwitchFlag("skip-default-registry-fallback", "Where something is asked in a registry's place, do not ask the registry itself", (a, v) => a.SkipDefaultRegistryFallback = v),
        new SwitchFlag("insecure", "Push over plain http", (a, v) => a.Insecure = v),
        new SwitchFlag("insecure-pull", "Pull over plain http", (a, v) => a.InsecurePull = v),
        new ListFlag("insecure-registry", "Use plain http for this registry", (a, v) => a.InsecureRegistries.AddRange(v)) { ValueName = "HOST" },
        new SwitchFlag("skip-tls-verify", "Do not check any registry's certificate", (a, v) => a.SkipTlsVerify = v) { OldNames = ["insecure-skip-tls-verify"] },
        new SwitchFlag("skip-tls-verify-pull", "Do not check certificates when pulling (kaniko takes the flag without effect)", (a, v) => a.SkipTlsVerifyPull = v)
            { Kaniko = KanikoParity.Differs },
        new ListFlag("skip-tls-verify-registry", "Do not check this registry's certificate", (a, v) => a.SkipTlsVerifyRegistries.AddRange(v))
            { ValueName = "HOST" },
        new ListFlag("registry-certificate", "Trust this authority too for this registry, its token service and its store (kaniko trusts it for all that follow)", (a, v) => a.RegistryCertificates.AddRange(v))
            { ValueName = "HOST=FILE", Kaniko = KanikoParity.Differs },
        new ListFlag("registry-client-cert", "Prove to this registry who we are by a certificate and its key", (a, v) => a.RegistryClientCertificates.AddRange(v))
            { ValueName = "HOST=CERTIFICATE,KEY" },
        new ListFlag("credential-helpers", "Where credentials are looked for after `config.json` and its like, in this order: `env`, `google`, `ecr`, `acr`, `gitlab`, `github`; empty for nowhere", (a, v) => a.CredentialSources.AddRange(v))
            { Choices = ["env", "google", "ecr", "acr", "gitlab", "github"], ValueName = "NAME", Default = "all", Kaniko = KanikoParity.Differs },
        new TextFlag("root-dir", "Where the builder keeps what it works on; on a volume, if this is a container", (a, v) => a.RootDirectory = v)
            { ValueName = "DIRECTORY", OldNames = ["kaniko-dir"], Variable = "KILN_ROOT", Kaniko = KanikoParity.Own },
        new TextFlag("cache-dir", "What builds share of layers, and with `--cache` of steps; `/cache` where that can be written to, else below the root directory", (a, v) => a.CacheDirectory = v)
            { ValueName = "DIRECTORY" },
        new ListFlag("image", "Put this image into the cache directory before the build, as `kiln warmer` does, and read base images there", (a, v) => a.WarmImages.AddRange(v))
            { ValueName = "REFERENCE", Kaniko = KanikoParity.Own },
        new SwitchFlag("cache", "Look steps up in a cache, and keep the results of those that were carried out; read base images in the cache directory where `kiln warmer` put them", (a, v) => a.Cache = v),
        new TextFlag("cache-repo", "With `--cache`: the repository of the cache, with a tag for each entry; with `:TAG` they are all listed under that one; or `oci:DIRECTORY`, a layout; else `cache` below the first destination", (a, v) => a.CacheRepository = v)
            { ValueName = "REPOSITORY[:TAG]" },
        new ListFlag("cache-from", "Look steps up in this cache too, as BuildKit has it: `type=registry,ref=REPOSITORY:TAG`, `type=local,src=DIRECTORY`, `type=s3,bucket=NAME`; a reference alone is the first", (a, v) => a.CacheFrom.AddRange(v))
            { ValueName = "type=TYPE,...", Kaniko = KanikoParity.Own },
        new ListFlag("cache-to", "Keep results in this cache too: as `--cache-from` with `dest=` for `src=`, and `mode=min` (the image's own steps) or `mode=max` (all); or `type=inline`, in the image itself", (a, v) => a.CacheTo.AddRange(v))
            { ValueName = "type=TYPE,...", Kaniko = KanikoParity.Own },
        new SwitchFlag("no-cache", "Look nothing up in caches: every step is carried out, and what it comes to is kept in its place", (a, v) => a.NoCache = v)
            { Kaniko = KanikoParity.Own },
        new SwitchFlag("no-push-cache", "Only look things up in caches, and keep nothing there", (a, v) => a.NoPushCache = v),
        new TextFlag("cache-ttl", "How long an entry of a cache is good for; an older one is none", (a, v) => a.CacheTimeToLive = v)
            { ValueName = "DURATION", Default = "336h" },
        new SwitchFlag("cache-copy-layers", "Cache what `COPY` and `ADD` do", (a, v) => a.CacheCopyLayers = v),
        new SwitchFlag("cache-run-layers", "Cache what `RUN` and `WORKDIR` do", (a, v) => a.CacheRunLayers = v) { Default = "true" },
        new SwitchFlag("compressed-caching", "Layers are never held in memory, packed or not, so there is nothing to choose", (_, _) => { })
            { Default = "true", Kaniko = KanikoParity.AcceptedWithoutEffect },
        new SwitchFlag("cache-secret-digest", "Carry a step out again where the value of a secret that it mounts is another; a digest of the value goes into the step's key", (a, v) => a.CacheSecretDigest = v)
            { Kaniko = KanikoParity.Own },
        new SwitchFlag("cache-verify", "Before an entry of a cache is used, read its layer and hold what is in it against the entry", (a, v) => a.CacheVerify = v)
            { Kaniko = KanikoParity.Own },
        new TextFlag("isolation", "How `RUN` is isolated: `auto`, `namespaces`, `chroot`, `supervised` or `none` (then `RUN` is refused)", (a, v) => a.Isolation = v)
            { Choices = ["auto", "namespaces", "chroot", "supervised", "none"], ValueName = "RUNG", Default = "auto", Variable = "KILN_ISOLATION", Kaniko = KanikoParity.Own },
        new TextFlag("verbosity", "How much is said: `trace`, `debug`, `info`, `warn`, `error`, `fatal`, `panic`", (a, v) => a.Verbosity = v)
            { Short = 'v', Choices = ["trace", "debug", "info", "warn", "error", "fatal", "panic"], ValueName = "LEVEL", Default = "info" },
        new TextFlag("progress", "How the build is shown: `auto` (live on a terminal, lines elsewhere), `plain`, `tty`, `rawjson` (events on the standard output, for programs) or `quiet` (the digest there, or what failed)", (a, v) => a.Progress = v)
            { Choices = ["auto", "plain", "tty", "rawjson", "quiet"], ValueName = "NAME", Default = "auto", Variable = "BUILDKIT_PROGRESS", Kaniko = KanikoParity.Own },
        new TextFlag("log-format", "How lines of the log look: `text`, `color` or `json`, which takes in what `RUN` prints; where nothing is said, in colour on a terminal (kaniko: everywhere, and `RUN` prints as it does)", (a, v) => a.LogFormat = v)
            { Choices = ["text", "color", "json"], ValueName = "NAME", Kaniko = KanikoParity.Differs },
        new SwitchFlag("log-timestamp", "Begin each line of the log with the time, in UTC", (a, v) => a.LogTimestamp = v),
        new SwitchFlag("force", "Kiln never writes to `/`, so it builds outside a container too", (_, _) => { })
            { Kaniko = KanikoParity.AcceptedWithoutEffect },
        new TextFlag("snapshot-mode", "Changes are found by comparing content and metadata, whichever of kaniko's ways is named: `full`, `redo` or `time`", (a, v) => a.SnapshotMode = v)
            { Choices = ["full", "redo", "time"], ValueName = "NAME", Default = "full", OldNames = ["snapshotMode"], Kaniko = KanikoParity.AcceptedWithoutEffect },
        new SwitchFlag("use-new-run", "There is one way to find what a `RUN` changed, and it finds everything", (_, _) => { }) { Kaniko = KanikoParity.AcceptedWithoutEffect },
        new SwitchFlag("single-snapshot", "Each instruction has its layer, as in Docker; the image's files are the same", (_, _) => { })
            { Kaniko = KanikoParity.AcceptedWithoutEffect },
        new SwitchFlag("ignore-var-run", "A `RUN` sees the image's `/var/run`, never the builder's, so that there is nothing to keep out", (_, _) => { })
            { Default = "true", OldNames = ["whitelist-var-run"], Kaniko = KanikoParity.AcceptedWithoutEffect },
        new TextFlag("image-fs-extract-retry", "A download that breaks off goes on where it broke, up to eight times", (a, v) => a.ExtractRetry = v)
            { ValueName = "NUMBER", Default = "0", Kaniko = KanikoParity.AcceptedWithoutEffect },
        new SwitchFlag("cleanup", "Nothing is left behind that would have to be cleaned up", (_, _) => { })
            { Variable = "KANIKO_CLEANUP", Kaniko = KanikoParity.AcceptedWithoutEffect },
        new SwitchFlag("pre-cleanup", "The builder's own files are no part of any image, whatever lies there", (_, _) => { })
            { Variable = "KANIKO_PRE_CLEANUP", Kaniko = KanikoParity.AcceptedWithoutEffect },
        new SwitchFlag("preserve-context", "The builder's files are never changed", (_, _) => { })
            { Variable = "KANIKO_PRESERVE_CONTEXT", Kaniko = KanikoParity.AcceptedWithoutEffect },
        new SwitchFlag("materialize", "Images are built without the builder's `/`, where nobody would find the files", (_, _) => { })
            { Kaniko = KanikoParity.AcceptedWithoutEffect },
        new SwitchFlag("skip-unused-stages", "Stages that the target does not need are never built", (_, _) => { }) { Kaniko = KanikoParity.AcceptedWithoutEffect },
        new SwitchFlag("force-build-metadata", "Every instruction is in the image's history and configuration anyway", (_, _) => { })
            { Kaniko = KanikoParity.AcceptedWithoutEffect },
    ];
}
