using System.Net;
using Tunduk.Adapter.Hosting;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Configuration;

// Over 300 lines: every rule of the configuration in one place, section by section.

/// <summary>Every rule of the configuration, all faults at once.</summary>
internal static class AdapterOptionsValidator
{
    private static readonly string[] Roles = ["is", "operations", "auditor", "approver", "tunduk-operator"];

    public static IEnumerable<SettingFault> Validate(AdapterOptions options, string folder)
    {
        var faults = new List<SettingFault>();
        if (options.Instance.Length == 0)
        {
            faults.Add(Missing("Instance", Phrases.Of("Configuration.XRoadInstanceExample")));
        }

        var own = ValidateOwn(options, faults);
        ValidateListeners(options, folder, faults);
        ValidateSecurityServer(options, folder, faults);
        ValidateServices(options, own, folder, faults);
        ValidateKeys(options, folder, faults);
        ValidateCallers(options, own, folder, faults);
        ValidateArchive(options.Archive, folder, faults);
        ValidateLimits(options, faults);
        ValidateDocuments(options.Documents, faults);
        TrustOptionsValidator.Validate(options.Trust, folder, faults);
        return faults;
    }

    private static void Environment(string setting, string environment, List<SettingFault> faults)
    {
        if (environment is not ("production" or "test"))
        {
            faults.Add(new SettingFault($"{setting}:Environment", Phrases.Of("Configuration.NeitherProductionNorTest"), Phrases.Of("Configuration.WriteProductionTest")));
        }
    }

    private static HashSet<string> ValidateOwn(AdapterOptions options, List<SettingFault> faults)
    {
        var own = new HashSet<string>(StringComparer.Ordinal);
        if (options.Own.Count == 0)
        {
            faults.Add(Missing("Own", Phrases.Of("Configuration.LeastOwnSubsystem")));
        }

        for (var i = 0; i < options.Own.Count; i++)
        {
            var entry = options.Own[i];
            var setting = $"Own:{i}:Subsystem";
            if (!ClientId.TryParse(entry.Subsystem, out var id, out var fault))
            {
                faults.Add(new SettingFault(setting, fault.ToString(), Phrases.Of("Configuration.WriteInstanceClassMember")));
            }
            else if (!string.Equals(id.Instance, options.Instance, StringComparison.Ordinal))
            {
                faults.Add(new SettingFault(setting, Phrases.Of("Configuration.InstanceNot", id.Instance, options.Instance), Phrases.Of("Configuration.OwnSubsystemsBelongConfigured")));
            }
            else if (!own.Add(entry.Subsystem))
            {
                faults.Add(new SettingFault(setting, Phrases.Of("Configuration.ListedTwice"), Phrases.Of("Configuration.KeepEntry")));
            }

            if (!options.Keys.ContainsKey(entry.SigningKey))
            {
                faults.Add(new SettingFault($"Own:{i}:SigningKey", entry.SigningKey.Length == 0 ? Phrases.Of("Configuration.Missing") : Phrases.Of("Configuration.NoKeyKeys", entry.SigningKey), Phrases.Of("Configuration.NameEntryKeys")));
            }

            foreach (var next in entry.NextSigningKeys.Where(next => !options.Keys.ContainsKey(next)))
            {
                faults.Add(new SettingFault($"Own:{i}:NextSigningKeys", Phrases.Of("Configuration.NoKeyKeys", next), Phrases.Of("Configuration.NameEntriesKeys")));
            }
        }

        return own;
    }

    private static void ValidateListeners(AdapterOptions options, string folder, List<SettingFault> faults)
    {
        var listen = options.Listen;
        ValidateListener("Listen:Is", listen.Is, folder, faults);
        ValidateTrustedNetworks(options, faults);
        ValidateListener("Listen:Grpc", listen.Grpc, folder, faults);
        ValidateListener("Listen:SecurityServer", listen.SecurityServer, folder, faults);
        ValidateListener("Listen:Admin", listen.Admin, folder, faults);
        ValidatePorts([("Listen:Is", listen.Is), ("Listen:Grpc", listen.Grpc), ("Listen:SecurityServer", listen.SecurityServer), ("Listen:Admin", listen.Admin)], faults);
        if (listen.SecurityServer.Address.Length > 0 && listen.SecurityServer.ClientCertificates.Count == 0 && !listen.AllowSecurityServerUnauthenticated)
        {
            faults.Add(new SettingFault(
                "Listen:SecurityServer:ClientCertificates",
                Phrases.Of("Configuration.NoCertificateSecurityServer"),
                Phrases.Of("Configuration.ListSha256Thumbprint")));
        }
    }

    private static void ValidatePorts((string Setting, ListenerOptions Options)[] listeners, List<SettingFault> faults)
    {
        var taken = new List<(string Setting, IPAddress Host, int Port)>();
        foreach (var (setting, options) in listeners)
        {
            if (!Uri.TryCreate(options.Address, UriKind.Absolute, out var uri) || uri.Port <= 0 || !IPAddress.TryParse(uri.Host.Trim('[', ']'), out var host))
            {
                continue;
            }

            if (taken.Find(other => other.Port == uri.Port && (other.Host.Equals(host) || IsAny(other.Host) || IsAny(host))) is { Setting: { } first })
            {
                faults.Add(new SettingFault($"{setting}:Address", Phrases.Of("Configuration.SameAddressPort", first), Phrases.Of("Configuration.GiveEachListenerPort")));
            }

            taken.Add((setting, host, uri.Port));
        }
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static void ValidateTrustedNetworks(AdapterOptions options, List<SettingFault> faults)
    {
        if (options.Listen.SecurityServer.TrustedPlainHttp.Count > 0 || options.Listen.Admin.TrustedPlainHttp.Count > 0)
        {
            faults.Add(new SettingFault("Listen:TrustedPlainHttp", Phrases.Of("Configuration.SetAnotherListenerThan"), Phrases.Of("Configuration.OnlyInformationSystemsCan")));
        }

        foreach (var entry in options.Listen.Is.TrustedPlainHttp)
        {
            if (!IPNetwork.TryParse(entry.Cidr, out var network) || network.PrefixLength < 8)
            {
                faults.Add(new SettingFault("Listen:Is:TrustedPlainHttp", Phrases.Of("Configuration.CidrNotNetwork8"), Phrases.Of("Configuration.Write1000")));
            }

            if (!options.Callers.Exists(caller => caller.Name == entry.Caller))
            {
                faults.Add(new SettingFault("Listen:Is:TrustedPlainHttp", Phrases.Of("Configuration.NoCaller", entry.Caller.Length == 0 ? "given" : entry.Caller), Phrases.Of("Configuration.NameEntryCallers")));
            }
        }
    }

    private static void ValidateListener(string setting, ListenerOptions listener, string folder, List<SettingFault> faults)
    {
        if (listener.Address.Length == 0)
        {
            return;
        }

        if (!Uri.TryCreate(listener.Address, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
            || !IPAddress.TryParse(uri.Host.Trim('[', ']'), out _))
        {
            faults.Add(new SettingFault($"{setting}:Address", Phrases.Of("Configuration.NotHttpHttpsIp"), Phrases.Of("Configuration.ExampleHttp1270")));
            return;
        }

        if (uri.Scheme == Uri.UriSchemeHttps)
        {
            RequireFile($"{setting}:Certificate", listener.Certificate, folder, faults);
            RequireFileIfSet($"{setting}:CertificateKey", listener.CertificateKey, folder, faults);
            RequireFileIfSet($"{setting}:CertificatePasswordFile", listener.CertificatePasswordFile, folder, faults);
        }
        else if (listener.ClientCertificates.Count > 0)
        {
            faults.Add(new SettingFault($"{setting}:ClientCertificates", Phrases.Of("Configuration.ClientCertificatesNeedHttps"), Phrases.Of("Configuration.GiveListenerHttpsAddress")));
        }

        ValidateThumbprints($"{setting}:ClientCertificates", listener.ClientCertificates, faults);
    }

    private static void ValidateSecurityServer(AdapterOptions options, string folder, List<SettingFault> faults)
    {
        var server = options.SecurityServer;
        if (server.Address.Length == 0)
        {
            if (options.Services.Count > 0)
            {
                faults.Add(Missing("SecurityServer:Address", Phrases.Of("Configuration.AddressServicesAskedThrough")));
            }

            return;
        }

        var addresses = server.FailOver.Select(address => ("SecurityServer:FailOver", address)).Prepend(("SecurityServer:Address", server.Address)).ToList();
        foreach (var (setting, address) in addresses)
        {
            if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps) || uri.Query.Length > 0)
            {
                faults.Add(new SettingFault(setting, Phrases.Of("Configuration.NotHttpHttpsAddress"), Phrases.Of("Configuration.ExampleHttps100")));
            }
            else if (uri.UserInfo.Length > 0)
            {
                faults.Add(new SettingFault(setting, Phrases.Of("Configuration.HoldsUserNamePassword"), Phrases.Of("Configuration.LeaveThemOutSecurity")));
            }
        }

        if (server.ServerCertificates.Count == 0 && addresses.Exists(entry => entry.Item2.StartsWith("https:", StringComparison.OrdinalIgnoreCase)))
        {
            faults.Add(Missing("SecurityServer:ServerCertificates", Phrases.Of("Configuration.Sha256ThumbprintSecurity")));
        }

        ValidateThumbprints("SecurityServer:ServerCertificates", server.ServerCertificates, faults);
        if (server.ClientCertificate is not null || server.ClientCertificateKey is not null || server.ClientCertificatePasswordFile is not null)
        {
            RequireFile("SecurityServer:ClientCertificate", server.ClientCertificate, folder, faults);
            RequireFileIfSet("SecurityServer:ClientCertificateKey", server.ClientCertificateKey, folder, faults);
            RequireFileIfSet("SecurityServer:ClientCertificatePasswordFile", server.ClientCertificatePasswordFile, folder, faults);
        }

        Range("SecurityServer:ConnectTimeout", server.ConnectTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(60), faults);
        Range("SecurityServer:ResponseTimeout", server.ResponseTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), faults);
        Range("SecurityServer:TotalTimeout", server.TotalTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(24), faults);
        Range("SecurityServer:MaxConnections", server.MaxConnections, 1, 10_000, faults);
    }

    private static void ValidateServices(AdapterOptions options, HashSet<string> own, string folder, List<SettingFault> faults)
    {
        var contracts = Path.GetFullPath(options.Documents.Contracts, folder);
        foreach (var (alias, service) in options.Services)
        {
            var setting = $"Services:{alias}";
            var asked = ParseService($"{setting}:Service", service.Service, faults);

            // A REST service has no version, and needs no description.
            if (service.Contract.Length > 0 || asked is not { Version: null })
            {
                RequireFile($"{setting}:Contract", service.Contract.Length == 0 ? null : service.Contract, contracts, faults);
            }

            if (service.Client is { } client && !own.Contains(client))
            {
                faults.Add(new SettingFault($"{setting}:Client", Phrases.Of("Configuration.NotOwnSubsystem", client), Phrases.Of("Configuration.NameEntryOwn")));
            }

            if (service.Client is null && options.Own.Count > 1)
            {
                faults.Add(new SettingFault($"{setting}:Client", Phrases.Of("Configuration.MissingSeveralOwnSubsystems"), Phrases.Of("Configuration.NameOwnSubsystemAsks")));
            }

            Range($"{setting}:Timeout", service.Timeout ?? TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromHours(24), faults);
            Range($"{setting}:ConnectTimeout", service.ConnectTimeout ?? TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(60), faults);
            Range($"{setting}:ResponseTimeout", service.ResponseTimeout ?? TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), faults);
            Range($"{setting}:MaxConcurrent", service.MaxConcurrent ?? 1, 1, 10_000, faults);
        }

        var provided = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, service) in options.Provides)
        {
            var setting = $"Provides:{name}";
            if (ParseService($"{setting}:Service", service.Service, faults) is { } id)
            {
                if (!own.Contains(id.Provider.ToString()))
                {
                    faults.Add(new SettingFault($"{setting}:Service", Phrases.Of("Configuration.NotOwnSubsystem", id.Provider), Phrases.Of("Configuration.ProvidedServiceBelongsEntry")));
                }

                if (!provided.Add(service.Service))
                {
                    faults.Add(new SettingFault($"{setting}:Service", Phrases.Of("Configuration.ProvidedTwice"), Phrases.Of("Configuration.KeepEntry")));
                }
            }

            if (service.Contract.Length > 0 || service.Protocol is UpstreamProtocol.Json or UpstreamProtocol.Grpc)
            {
                RequireFile($"{setting}:Contract", service.Contract.Length == 0 ? null : service.Contract, contracts, faults);
            }

            if (service.Protocol == UpstreamProtocol.Rest && ServiceId.TryParse(service.Service, out var rest) && rest.Version is not null)
            {
                faults.Add(new SettingFault($"{setting}:Service", Phrases.Of("Configuration.VersionSpeaksRest"), Phrases.Of("Configuration.RestServicesNoneX")));
            }

            if (!Uri.TryCreate(service.Upstream, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
            {
                faults.Add(new SettingFault($"{setting}:Upstream", Phrases.Of("Configuration.NotHttpHttpsAddress"), Phrases.Of("Configuration.AddressInformationSystemTakes")));
            }

            if (service.Body != UpstreamBodyForm.Json && service.Protocol != UpstreamProtocol.Grpc)
            {
                faults.Add(new SettingFault($"{setting}:Body", Phrases.Of("Configuration.SetProtocolNotGrpc"), Phrases.Of("Configuration.LeaveOutOtherProtocols")));
            }

            Range($"{setting}:Timeout", service.Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), faults);
            Environment(setting, service.Environment, faults);
        }
    }

    private static ServiceId? ParseService(string setting, string text, List<SettingFault> faults)
    {
        if (ServiceId.TryParse(text, out var id, out var fault))
        {
            return id;
        }

        faults.Add(new SettingFault(setting, fault.ToString(), Phrases.Of("Configuration.WriteInstanceClassMemberSubsystem")));
        return null;
    }

    private static void ValidateKeys(AdapterOptions options, string folder, List<SettingFault> faults)
    {
        foreach (var (name, key) in options.Keys)
        {
            RequireFile($"Keys:{name}:Certificate", key.Certificate.Length == 0 ? null : key.Certificate, folder, faults);
            if (key.Key is not null && Keys.TokenUri.IsOne(key.Key))
            {
                RequireFile($"Keys:{name}:Module", key.Module, folder, faults);
            }
            else if (key.Key is not null)
            {
                RequireFile($"Keys:{name}:Key", key.Key, folder, faults);
            }

            if (key.PasswordFile is not null)
            {
                RequireFile($"Keys:{name}:PasswordFile", key.PasswordFile, folder, faults);
            }

            Range($"Keys:{name}:QueueLength", key.QueueLength, 1, 10_000, faults);
            Range($"Keys:{name}:QueueTimeout", key.QueueTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1), faults);
        }
    }

    private static void ValidateCallers(AdapterOptions options, HashSet<string> own, string folder, List<SettingFault> faults)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var keys = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < options.Callers.Count; i++)
        {
            var caller = options.Callers[i];
            var setting = $"Callers:{i}";
            if (caller.Name.Length == 0 || !names.Add(caller.Name))
            {
                faults.Add(new SettingFault($"{setting}:Name", caller.Name.Length == 0 ? Phrases.Of("Configuration.Missing") : Phrases.Of("Configuration.UsedTwice"), Phrases.Of("Configuration.GiveEachCallerName")));
            }

            if (caller.ApiKeySha256 is null && caller.CertificateSha256 is null && caller.CertificateAuthority is null && !options.Listen.Is.TrustedPlainHttp.Exists(entry => entry.Caller == caller.Name))
            {
                faults.Add(new SettingFault($"{setting}", Phrases.Of("Configuration.CallerNeitherApiKeySha256Nor"), Phrases.Of("Configuration.GiveThem")));
            }

            RequireFileIfSet($"{setting}:CertificateAuthority", caller.CertificateAuthority, folder, faults);
            if ((caller.CertificateAuthority is null) != (caller.CertificateSubject is null) || caller.CertificateSubject?.Contains('=', StringComparison.Ordinal) == false)
            {
                faults.Add(new SettingFault($"{setting}:CertificateSubject", Phrases.Of("Configuration.AuthoritySubjectRuleBelong"), Phrases.Of("Configuration.GiveBothRuleCn")));
            }

            Range($"{setting}:RequestsPerSecond", caller.RequestsPerSecond ?? 1, 1, 100_000, faults);
            Range($"{setting}:Burst", caller.Burst ?? 1, 1, 100_000, faults);
            Range($"{setting}:MaxConcurrent", caller.MaxConcurrent ?? 1, 1, 100_000, faults);

            foreach (var (name, value) in new[] { ("ApiKeySha256", caller.ApiKeySha256), ("CertificateSha256", caller.CertificateSha256) })
            {
                if (value is { Length: > 0 } && !keys.TryAdd($"{name} {value}", caller.Name))
                {
                    faults.Add(new SettingFault($"{setting}:{name}", Phrases.Of("Configuration.Same", keys[$"{name} {value}"]), Phrases.Of("Configuration.GiveEachCallerOwn")));
                }
            }

            ValidateThumbprints($"{setting}:ApiKeySha256", caller.ApiKeySha256 is null ? [] : [caller.ApiKeySha256], faults);
            ValidateThumbprints($"{setting}:CertificateSha256", caller.CertificateSha256 is null ? [] : [caller.CertificateSha256], faults);
            Environment(setting, caller.Environment, faults);
            foreach (var role in caller.Roles.Where(role => !Roles.Contains(role, StringComparer.Ordinal)))
            {
                faults.Add(new SettingFault($"{setting}:Roles", Phrases.Of("Configuration.NoRole", role), Phrases.Of("Configuration.Known", string.Join(", ", Roles))));
            }

            foreach (var subsystem in caller.Subsystems.Where(subsystem => !own.Contains(subsystem)))
            {
                faults.Add(new SettingFault($"{setting}:Subsystems", Phrases.Of("Configuration.NotOwnSubsystem", subsystem), Phrases.Of("Configuration.NameEntriesOwn")));
            }

            foreach (var alias in caller.Services.Where(alias => !options.Services.ContainsKey(alias)))
            {
                faults.Add(new SettingFault($"{setting}:Services", Phrases.Of("Configuration.NoServiceAlias", alias), Phrases.Of("Configuration.NameEntriesServices")));
            }
        }
    }

    private static void ValidateArchive(ArchiveOptions archive, string folder, List<SettingFault> faults)
    {
        if (archive.Store is not ("sqlite" or "postgresql"))
        {
            faults.Add(new SettingFault("Archive:Store", Phrases.Of("Configuration.NeitherSqliteNorPostgresql"), Phrases.Of("Configuration.NameTwo")));
        }

        if (archive.Store == "postgresql")
        {
            RequireFolder("Archive:Connection", archive.Connection, Phrases.Of("Configuration.FileConnectionStringEnv"), faults);
            RequireFolder("Archive:Instance", archive.Instance, Phrases.Of("Configuration.NameAdapterNoOther"), faults);
        }
        else
        {
            RequireFolder("Archive:Folder", archive.Folder, Phrases.Of("Configuration.FolderEmbeddedStore"), faults);
        }

        RequireFolder("Archive:Keys", archive.Keys, Phrases.Of("Configuration.FolderOutsideArchiveBackups"), faults);
        RequireFolder("Archive:MasterKey", archive.MasterKey, Phrases.Of("Configuration.FileOutsideArchiveKey"), faults);
        RequireFolder("Archive:Head", archive.Head, Phrases.Of("Configuration.FolderAnotherVolume"), faults);
        if (archive.MasterKeyToken is { } token)
        {
            RequireFolder("Archive:MasterKeyToken:Key", token.Key, Phrases.Of("Configuration.KeyPkcs11TokenObject"), faults);
            RequireFolder("Archive:MasterKeyToken:Module", token.Module, Phrases.Of("Configuration.Pkcs11LibraryToken"), faults);
            if (!ArchiveSetup.IsFile(archive.MasterKey))
            {
                faults.Add(new SettingFault("Archive:MasterKey", Phrases.Of("Configuration.VariableArchiveMasterKeyTokenWraps"), Phrases.Of("Configuration.NameFileMadeFirst")));
            }
        }

        Range("Archive:CheckpointInterval", archive.CheckpointInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), faults);
        Range("Archive:CheckpointEntries", archive.CheckpointEntries, 1, 1_000_000, faults);
        Range("Archive:ClockAlarm", archive.ClockAlarm, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), faults);
        Range("Archive:ClockRefusal", archive.ClockRefusal, archive.ClockAlarm, TimeSpan.FromDays(1), faults);
        if (archive.Capacity is { } capacity)
        {
            Range("Archive:Capacity", capacity, 1L << 30, long.MaxValue, faults);
        }

        if (archive.Folder.Length == 0)
        {
            return;
        }

        var store = Path.GetFullPath(archive.Folder, folder);
        foreach (var (setting, value) in new[] { ("Archive:Keys", archive.Keys), ("Archive:Head", archive.Head), ("Archive:MasterKey", archive.MasterKey) })
        {
            if (value.Length > 0 && IsInside(Path.GetFullPath(value, folder), store))
            {
                faults.Add(new SettingFault(setting, Phrases.Of("Configuration.LiesInsideArchiveFolder"), Phrases.Of("Configuration.PutElsewhereCopyArchive")));
            }
        }
    }

    private static void ValidateDocuments(DocumentOptions documents, List<SettingFault> faults)
    {
        if (documents.PinnedAgreements.Exists(pin => !Agreements.AgreementDigest.TryParse(pin, out _)))
        {
            faults.Add(new SettingFault("Documents:PinnedAgreements", Phrases.Of("Configuration.NotSha256Hex"), Phrases.Of("Configuration.AgreementStatusNamesEach")));
        }
    }

    private static void ValidateLimits(AdapterOptions options, List<SettingFault> faults)
    {
        Range("Limits:MaxBody", options.Limits.MaxBody, 1024, 1024 * 1024 * 1024, faults);
        Range("Limits:MaxBodies", options.Limits.MaxBodies, 2048, 1024L * 1024 * 1024 * 1024, faults);
        Range("Limits:MaxConcurrentExchanges", options.Limits.MaxConcurrentExchanges, 1, 100_000, faults);
        Range("Limits:MaxDepth", options.Limits.MaxDepth, 8, 1_000, faults);
        Range("Limits:RepeatWindow", options.Limits.RepeatWindow, TimeSpan.FromSeconds(10), TimeSpan.FromHours(24), faults);
        Range("Limits:ArchiveRetry", options.Limits.ArchiveRetry, TimeSpan.Zero, TimeSpan.FromMinutes(5), faults);
        Range("Documents:ExcessAlarm", options.Documents.ExcessAlarm, 1, 1_000_000, faults);
        if (options.Doctor.Interval != TimeSpan.Zero)
        {
            Range("Doctor:Interval", options.Doctor.Interval, TimeSpan.FromMinutes(1), TimeSpan.FromHours(24), faults);
        }

        if (options.Documents.ContractCheck != TimeSpan.Zero)
        {
            Range("Documents:ContractCheck", options.Documents.ContractCheck, TimeSpan.FromMinutes(1), TimeSpan.FromDays(30), faults);
        }

        Range("Limits:MaxAttachment", options.Limits.MaxAttachment, 1024, 64L * 1024 * 1024 * 1024, faults);
        Range("Limits:MaxSpool", options.Limits.MaxSpool, 1024 * 1024, 16L * 1024 * 1024 * 1024 * 1024, faults);
        Range("Limits:MaxSpoolEach", options.Limits.MaxSpoolEach, 1024 * 1024, 16L * 1024 * 1024 * 1024 * 1024, faults);
        Range("Limits:ProgressTimeout", options.Limits.ProgressTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), faults);
        if (options.Limits.SpoolFolder is { } spool && !Directory.Exists(spool))
        {
            faults.Add(new SettingFault("Limits:SpoolFolder", Phrases.Of("Configuration.NoFolder", spool), Phrases.Of("Configuration.MakeLeaveSettingOut")));
        }

        if (options.Listen.SoapFaultStatus is not (200 or 500))
        {
            faults.Add(new SettingFault("Listen:SoapFaultStatus", Phrases.Of("Configuration.ItIs", options.Listen.SoapFaultStatus), Phrases.Of("Configuration.Write200SecurityServers")));
        }

        Range("Trust:ClockSkew", options.Trust.ClockSkew, TimeSpan.Zero, TimeSpan.FromMinutes(10), faults);
        Range("Trust:MessageLifetime", options.Trust.MessageLifetime, TimeSpan.FromSeconds(10), TimeSpan.FromHours(1), faults);
        Range("Telemetry:OperationalRecords", options.Telemetry.OperationalRecords, 0, 1_000_000, faults);
        if (options.Telemetry.OtlpEndpoint is { } endpoint && !Uri.TryCreate(endpoint, UriKind.Absolute, out _))
        {
            faults.Add(new SettingFault("Telemetry:OtlpEndpoint", Phrases.Of("Configuration.NotAbsoluteAddress"), Phrases.Of("Configuration.ExampleHttp12700")));
        }

        if (!Enum.TryParse<Serilog.Events.LogEventLevel>(options.Telemetry.LogLevel, ignoreCase: true, out _))
        {
            faults.Add(new SettingFault("Telemetry:LogLevel", Phrases.Of("Configuration.NoSuchLevel"), Phrases.Of("Configuration.KnownVerboseDebugInformation")));
        }
    }

    private static bool IsInside(string path, string folder) =>
        (path + Path.DirectorySeparatorChar).StartsWith(folder.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static void ValidateThumbprints(string setting, IEnumerable<string> values, List<SettingFault> faults)
    {
        if (values.Any(value => value.Length != 64 || !value.All(char.IsAsciiHexDigit)))
        {
            faults.Add(new SettingFault(setting, Phrases.Of("Configuration.NotSha256Hex"), setting.EndsWith("ApiKeySha256", StringComparison.Ordinal)
                ? Phrases.Of("Configuration.ApiKeyPrintfS")
                : Phrases.Of("Configuration.CertificateOpensslX509File")));
        }
    }

    internal static void RequireFile(string setting, string? path, string folder, List<SettingFault> faults)
    {
        if (string.IsNullOrEmpty(path))
        {
            faults.Add(Missing(setting, Phrases.Of("Configuration.File")));
        }
        else if (!File.Exists(Path.GetFullPath(path, folder)))
        {
            faults.Add(new SettingFault(setting, Phrases.Of("Configuration.NoFile", Path.GetFullPath(path, folder)), Phrases.Of("Configuration.RelativePathsStartConfiguration")));
        }
    }

    private static void RequireFileIfSet(string setting, string? path, string folder, List<SettingFault> faults)
    {
        if (path is not null)
        {
            RequireFile(setting, path, folder, faults);
        }
    }

    private static void RequireFolder(string setting, string path, string meaning, List<SettingFault> faults)
    {
        if (path.Length == 0)
        {
            faults.Add(Missing(setting, meaning));
        }
    }

    internal static void Range<T>(string setting, T value, T least, T most, List<SettingFault> faults)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
        {
            faults.Add(new SettingFault(setting, Phrases.Of("Configuration.Outside", value, least, most), Phrases.Of("Configuration.ChooseValueRange")));
        }
    }

    private static SettingFault Missing(string setting, string meaning) => new(setting, Phrases.Of("Configuration.Missing"), Phrases.Of("Configuration.Give", meaning));
}
