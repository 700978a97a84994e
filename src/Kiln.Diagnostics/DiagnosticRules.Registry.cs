// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Diagnostics;

public static partial class DiagnosticRules
{
    public static readonly DiagnosticRule InvalidReference = new("KILN3001", "the name of an image is not well formed",
        "write it as `[host[:port]/]repository[:tag][@digest]`, the repository in lower case");

    public static readonly DiagnosticRule InvalidPlatform = new("KILN3002", "a platform is not well formed",
        "write it as `os/architecture[/variant]`, for example `linux/arm64`");

    public static readonly DiagnosticRule MalformedImage = new("KILN3003", "a manifest, index or configuration cannot be read",
        "look at it with `skopeo inspect --raw`; push the image again with a current tool");

    public static readonly DiagnosticRule ContentMismatch = new("KILN3004", "bytes are not the ones that their digest or size promises",
        "something between the registry and here changes content, or the registry's storage is damaged: try again without proxies and mirrors");

    public static readonly DiagnosticRule PlatformMissing = new("KILN3005", "an image does not exist for the platform",
        "choose one of the platforms that the image has with `--custom-platform`, or another base image");

    public static readonly DiagnosticRule AccessDenied = new("KILN3010", "a registry denies access",
        "put credentials with the needed rights for this registry into `config.json` (`docker login`)");

    public static readonly DiagnosticRule NotInRegistry = new("KILN3011", "a registry does not have what was asked for",
        "check the spelling of repository, tag and digest; many registries say this also where credentials are missing");

    public static readonly DiagnosticRule RegistryRefused = new("KILN3012", "a registry refuses a request",
        "the message holds the registry's own reason");

    public static readonly DiagnosticRule RegistryFailing = new("KILN3013", "a registry fails, and went on failing when asked again",
        "wait until the registry is well again, or use a mirror");

    public static readonly DiagnosticRule RegistryUnreachable = new("KILN3014", "a registry cannot be reached",
        "check the host's name, the port, and the network between");

    public static readonly DiagnosticRule RegistryNotTrusted = new("KILN3015", "a registry's certificate is not trusted",
        "install the certificate of its authority on this system, or skip the check with `--skip-tls-verify` or `--skip-tls-verify-registry`");

    public static readonly DiagnosticRule RegistrySpeaksHttp = new("KILN3016", "a registry answers in plain http where https was expected",
        "permit it with `--insecure` (push), `--insecure-pull` or `--insecure-registry HOST`");

    public static readonly DiagnosticRule CredentialsUnreadable = new("KILN3017", "credentials cannot be read",
        "repair `config.json` or the credential helper that it names");

    public static readonly DiagnosticRule RegistryProtocol = new("KILN3018", "a registry's answer does not follow the distribution protocol",
        "check that the address is a registry's, and that no proxy answers in its place");

    public static readonly DiagnosticRule TagImmutable = new("KILN3019", "a registry does not let a tag go to another image",
        "push to another tag, or keep what is there with `--push-ignore-immutable-tag-errors`");

    public static readonly DiagnosticRule LayoutUnreadable = new("KILN3020", "a directory is not an OCI image layout, or an image is not in it",
        "check the path: the directory holds `oci-layout`, `index.json` and `blobs`");

    public static readonly DiagnosticRule ImageUnwritable = new("KILN3021", "an image or a blob cannot be written to disk",
        "check free space and permissions of the directory");

    public static readonly DiagnosticRule BlobUnreadable = new("KILN3022", "a blob cannot be read from disk",
        "check the directory's permissions, and that nothing cleans it up while an image is built");

    public static readonly DiagnosticRule ImageArchiveUnreadable = new("KILN3023", "a file is not an archive of images, or is damaged",
        "write it with `kiln pull`, `docker save`, `podman save` or `skopeo copy ... docker-archive:FILE`");

    public static readonly DiagnosticRule ImageNotStored = new("KILN3024", "a layout or an archive does not have the image that was asked for",
        "name one of its images as `PATH:TAG` or `PATH@DIGEST`");

    public static readonly DiagnosticRule RegistryBlocked = new("KILN3030", "a configuration forbids a registry",
        "take the image from another registry, or change `blocked` in `registries.conf`");

    public static readonly DiagnosticRule CloudRefused = new("KILN3031", "a cloud gives no credentials",
        "check what the environment names: keys, files of tokens, and the addresses of services");

    public static readonly DiagnosticRule RegistriesConfUnreadable = new("KILN3032", "`registries.conf` cannot be read",
        "repair the file; `CONTAINERS_REGISTRIES_CONF` names another one");

    public static readonly DiagnosticRule CertificateUnreadable = new("KILN3033", "a certificate or its key cannot be read",
        "check the path, and that the file is in PEM");

    public static readonly DiagnosticRule CredentialsUnwritable = new("KILN3034", "credentials cannot be stored",
        "check free space and permissions; DOCKER_CONFIG names another directory for `config.json`");

    public static readonly DiagnosticRule LoginRefused = new("KILN3035", "a registry does not accept a user and his password",
        "check both, and the registry's name; some registries want an access token in the password's place");
}
