using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Sandbox.Pki;

namespace Tunduk.Adapter.Sandbox;

/// <summary>
/// Writes an adapter's folder: configuration, agreements, contracts. What a user may have edited (agreements) is
/// written once; the configuration is written at every start, since ports may differ.
/// </summary>
internal sealed class SandboxFolders(string data, DateOnly today)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A contract of the user's to serve beside the sandbox's own; null for none.</summary>
    public SandboxContract? Contract { get; init; }

    /// <summary>The demonstration's REST service is there as well, provided, agreed and consumed.</summary>
    public bool WithPersons { get; init; }

    /// <summary>The authority whose revocation and time-stamps the adapters ask for; null for none.</summary>
    public AuthorityServer? Authority { get; set; }

    public string ProviderConfiguration => Path.Combine(data, "provider", "adapter.json");

    public string ConsumerConfiguration => Path.Combine(data, "consumer", "adapter.json");

    /// <summary>The API key of the consumer's information system; made once.</summary>
    public string ApiKey => ReadOrMakeKey("api-key.txt");

    /// <summary>The API key of its test system, which reaches test services and no others; made once, where the user's contract has any.</summary>
    public string TestApiKey => ReadOrMakeKey("test-api-key.txt");

    /// <summary>The API key of the invented auditor, who may search both archives; made once.</summary>
    public string AuditorKey => ReadOrMakeKey("auditor-key.txt");

    public void WriteProvider(SandboxCertificate own, SandboxCertificate counterparty, Uri register, Uri? invented = null)
    {
        var folder = Path.GetDirectoryName(ProviderConfiguration)!;
        WriteDocuments(folder, SandboxAgreements.Provider(Sha256(counterparty), today), SandboxAgreements.Persons("provider", SandboxNames.Provider, SandboxNames.Consumer, Sha256(counterparty), today));
        WriteContractAgreement(folder, "provider", SandboxNames.Provider, SandboxNames.Consumer, counterparty);
        Write(ProviderConfiguration, Adapter(folder, SandboxNames.Provider, own, 0, SandboxPorts.Choose(8090), SandboxPorts.Choose(8071)), options =>
        {
            options["Provides"] = new JsonObject
            {
                ["getPerson"] = Provided(SandboxNames.GetPerson, new Uri(register, "getPerson")),
                ["getVehicles"] = Provided(SandboxNames.GetVehicles, new Uri(register, "getVehicles")),
            };
            if (WithPersons)
            {
                options["Provides"]![SandboxNames.PersonsAlias] = new JsonObject { ["Service"] = SandboxNames.Persons, ["Contract"] = SandboxNames.PersonsFile, ["Upstream"] = new Uri(register, SandboxNames.PersonsAlias).ToString(), ["Protocol"] = "Rest" };
            }

            foreach (var service in Contract?.Services ?? [])
            {
                options["Provides"]![service.Alias] = new JsonObject { ["Service"] = service.Id, ["Contract"] = Contract!.File, ["Upstream"] = new Uri(invented!, service.Alias).ToString(), ["Environment"] = service.Environment, ["Protocol"] = service.Rest is null ? "Json" : "Rest" };
            }
        });
    }

    public void WriteConsumer(SandboxCertificate own, SandboxCertificate counterparty, Uri securityServer)
    {
        var folder = Path.GetDirectoryName(ConsumerConfiguration)!;
        WriteDocuments(folder, SandboxAgreements.Consumer(Sha256(counterparty), today), SandboxAgreements.Persons("consumer", SandboxNames.Consumer, SandboxNames.Provider, Sha256(counterparty), today));
        WriteContractAgreement(folder, "consumer", SandboxNames.Consumer, SandboxNames.Provider, counterparty);
        Write(ConsumerConfiguration, Adapter(folder, SandboxNames.Consumer, own, SandboxPorts.Choose(8080), 0, SandboxPorts.Choose(8070)), options =>
        {
            options["SecurityServer"] = new JsonObject { ["Address"] = securityServer.ToString() };
            options["Services"] = new JsonObject
            {
                ["getPerson"] = Consumed(SandboxNames.GetPerson),
                ["getVehicles"] = Consumed(SandboxNames.GetVehicles),
            };
            if (WithPersons)
            {
                options["Services"]![SandboxNames.PersonsAlias] = new JsonObject { ["Service"] = SandboxNames.Persons, ["Contract"] = SandboxNames.PersonsFile };
            }

            foreach (var service in Contract?.Services ?? [])
            {
                options["Services"]![service.Alias] = new JsonObject { ["Service"] = service.Id, ["Contract"] = Contract!.File };
            }

            ((JsonArray)options["Callers"]!).Insert(0, new JsonObject
            {
                ["Name"] = "loans",
                ["ApiKeySha256"] = Digest(ApiKey),
                ["Roles"] = new JsonArray("is"),
                ["Subsystems"] = new JsonArray(SandboxNames.Consumer),
            });
            if (Contract?.Services.Any(service => service.Environment == "test") == true)
            {
                ((JsonArray)options["Callers"]!).Add(new JsonObject
                {
                    ["Name"] = "loans-test",
                    ["ApiKeySha256"] = Digest(TestApiKey),
                    ["Roles"] = new JsonArray("is"),
                    ["Subsystems"] = new JsonArray(SandboxNames.Consumer),
                    ["Environment"] = "test",
                });
            }
        });
    }

    /// <summary>Copies the demonstration's SOAP contracts to a folder, under their catalogue names.</summary>
    public static void WriteContracts(string folder) => WriteResources("Tunduk.Adapter.Sandbox.Contracts.", folder);

    /// <summary>The same of its REST service.</summary>
    public static void WriteDescriptions(string folder) => WriteResources("Tunduk.Adapter.Sandbox.Descriptions.", folder);

    private static void WriteResources(string prefix, string folder)
    {
        Directory.CreateDirectory(folder);
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            using var source = assembly.GetManifestResourceStream(name)!;
            using var target = File.Create(Path.Combine(folder, name[prefix.Length..]));
            source.CopyTo(target);
        }
    }

    private static string ContractFile(string service) => service.Replace('/', '_') + ".wsdl";

    private static JsonObject Consumed(string service) => new() { ["Service"] = service, ["Contract"] = ContractFile(service) };

    private static JsonObject Provided(string service, Uri upstream) => new() { ["Service"] = service, ["Contract"] = ContractFile(service), ["Upstream"] = upstream.ToString() };

    private static string Sha256(SandboxCertificate certificate) => certificate.Certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();

    private static string Digest(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private void WriteDocuments(string folder, string agreement, string persons)
    {
        WriteContracts(Path.Combine(folder, "contracts"));
        WriteOnce(Path.Combine(folder, "agreements", SandboxAgreements.FileName), agreement);
        if (WithPersons)
        {
            WriteDescriptions(Path.Combine(folder, "contracts"));
            WriteOnce(Path.Combine(folder, "agreements", SandboxAgreements.PersonsFileName), persons);
        }

        var grant = Path.Combine(folder, "grants", "auditor.yaml");
        Directory.CreateDirectory(Path.GetDirectoryName(grant)!);
        if (!File.Exists(grant))
        {
            File.WriteAllText(grant, SandboxGrants.Auditor);
            File.WriteAllText(Path.Combine(folder, "archiving-list.yaml"), SandboxGrants.ArchivingList);
        }
    }

    private static void WriteOnce(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        if (!File.Exists(file))
        {
            File.WriteAllText(file, text);
        }
    }

    // In the sandbox a pin stands for the owner's signature.
    private static IEnumerable<JsonNode> OwnerDocuments(string folder) =>
        Directory.GetFiles(Path.Combine(folder, "grants"), "*.yaml").Append(Path.Combine(folder, "archiving-list.yaml")).Where(File.Exists)
            .Select(file => (JsonNode)Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))));

    // The user's contract may be another one at the next start, so its agreement is never kept.
    private void WriteContractAgreement(string folder, string role, string own, string counterparty, SandboxCertificate certificate)
    {
        var file = Path.Combine(folder, "agreements", SandboxAgreements.ContractFileName);
        File.Delete(file);
        if (Contract is not null)
        {
            File.WriteAllText(file, SandboxAgreements.ForContract(role, own, counterparty, Sha256(certificate), Contract, today));
        }
    }

    private JsonObject Adapter(string folder, string own, SandboxCertificate key, int isPort, int securityServerPort, int adminPort)
    {
        var pins = Directory.GetFiles(Path.Combine(folder, "agreements"), "*.yaml")
            .Select(file => (JsonNode)Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))));
        return new JsonObject
        {
            ["Instance"] = SandboxNames.Instance,
            ["Own"] = new JsonArray(new JsonObject { ["Subsystem"] = own, ["SigningKey"] = "is" }),
            ["Keys"] = new JsonObject
            {
                ["is"] = new JsonObject
                {
                    ["Certificate"] = Path.GetRelativePath(folder, key.CertificatePath),
                    ["Key"] = Path.GetRelativePath(folder, key.KeyPath),
                },
            },
            ["Listen"] = new JsonObject
            {
                ["Is"] = new JsonObject { ["Address"] = isPort == 0 ? "" : $"http://127.0.0.1:{isPort}" },
                ["Grpc"] = new JsonObject { ["Address"] = isPort == 0 ? "" : $"http://127.0.0.1:{SandboxPorts.Choose(8081)}" },
                ["SecurityServer"] = new JsonObject { ["Address"] = securityServerPort == 0 ? "" : $"http://127.0.0.1:{securityServerPort}" },
                ["Admin"] = new JsonObject { ["Address"] = $"http://127.0.0.1:{adminPort}" },
                ["AllowSecurityServerUnauthenticated"] = securityServerPort != 0,
            },
            ["Callers"] = new JsonArray(new JsonObject
            {
                ["Name"] = "auditor",
                ["ApiKeySha256"] = Digest(AuditorKey),
                ["Roles"] = new JsonArray("auditor", "operations"),
            }),
            ["Archive"] = new JsonObject { ["Folder"] = "archive", ["Keys"] = "archive-keys", ["MasterKey"] = "archive-master.key", ["Head"] = "archive-head", ["AnchorFile"] = "archive-anchor/checkpoints.txt" },
            ["Documents"] = new JsonObject { ["PinnedAgreements"] = new JsonArray([.. pins]), ["PinnedOwnerDocuments"] = new JsonArray([.. OwnerDocuments(folder)]) },
            ["Telemetry"] = new JsonObject { ["LogFile"] = "logs/adapter-.log" },
        };
    }

    private static JsonObject TrustIn(AuthorityServer authority, string folder)
    {
        var root = Path.GetRelativePath(folder, authority.Root.CertificatePath);
        return new JsonObject
        {
            ["Anchors"] = new JsonArray(root),
            ["Revocation"] = new JsonArray(new JsonObject
            {
                ["Authority"] = root,
                ["Ocsp"] = new JsonArray(authority.OcspAddress.AbsoluteUri),
                ["Crl"] = new JsonArray(authority.CrlAddress.AbsoluteUri),
                ["AllowLocalAddresses"] = true,
            }),
            ["Timestamps"] = new JsonObject
            {
                ["Authorities"] = new JsonArray(new JsonObject
                {
                    ["Address"] = authority.TsaAddress.AbsoluteUri,
                    ["Anchors"] = new JsonArray(root),
                    ["AllowLocalAddresses"] = true,
                }),
            },
        };
    }

    private void Write(string file, JsonObject options, Action<JsonObject> complete)
    {
        complete(options);
        if (Authority is { } authority)
        {
            options["Trust"] = TrustIn(authority, Path.GetDirectoryName(file)!);
        }

        Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(file)!, "archive-anchor"));
        File.WriteAllText(file, "// Written by `tunduk-adapter sandbox` at every start.\n" + options.ToJsonString(Json) + "\n");
    }

    private string ReadOrMakeKey(string name)
    {
        var file = Path.Combine(data, name);
        if (!File.Exists(file))
        {
            Directory.CreateDirectory(data);
            using var stream = new FileStream(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Private });
            stream.Write(Encoding.ASCII.GetBytes("sandbox-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))));
        }

        return File.ReadAllText(file).Trim();
    }
}
