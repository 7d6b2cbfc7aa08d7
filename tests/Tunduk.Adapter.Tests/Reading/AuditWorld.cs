using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Grants;
using Tunduk.Adapter.Reading;
using Tunduk.Adapter.Signing;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Rpc;
using Tunduk.Adapter.Tests.Sandbox;
using Tunduk.Adapter.Trust;
using Tunduk.Archive;
using Tunduk.Archive.Tests.Postgres;
using Tunduk.Evidence.Bundles;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Signing;
using V1 = Tunduk.Adapter.V1;

namespace Tunduk.Adapter.Tests.Reading;

/// <summary>A consumer and a provider with an archive, an owner who signs grants with a key kept elsewhere, an auditor, and an approver.</summary>
internal sealed class AuditWorld : IAsyncDisposable
{
    public const string Purpose = "complaint 17";
    private const string Approver = "second";
    private static readonly RSA ApproverKey = RSA.Create(2048);
    private static readonly X509Certificate2 ApproverCertificate = SelfSigned("CN=approver", ApproverKey);
    private static readonly X509Certificate2 OwnerCertificate = SelfSigned("CN=owner", RSA.Create(2048));
    private readonly HttpClient http = new();
    private string secrets = "";

    private AuditWorld(TestWorld world) => World = world;

    public TestWorld World { get; }

    public IArchive Archive => World.Consumer.Archive;

    public string GrantFile => Path.Combine(World.ConsumerFolder, "grants", "auditor.yaml");

    public string ListFile => Path.Combine(World.ConsumerFolder, "archiving-list.yaml");

    /// <summary>Starts on one of the stores: PostgreSQL where a server is given.</summary>
    public static Task<AuditWorld> StartAsync(PostgresServer? server, params string[] grantLines) => StartAsync(server, static _ => { }, grantLines);

    public static async Task<AuditWorld> StartAsync(PostgresServer? server, Action<JsonObject> configure, params string[] grantLines)
    {
        var signer = Path.Combine(Directory.CreateTempSubdirectory("tunduk-owner-").FullName, "owner.pem");
        await File.WriteAllTextAsync(signer, OwnerCertificate.ExportCertificatePem());
        var connection = Path.Combine(Path.GetDirectoryName(signer)!, "connection.txt");
        var world = await TestWorld.StartAsync(new TestWorldOptions
        {
            Consumer = json =>
            {
                var documents = (JsonObject)json["Documents"]!;
                documents["PinnedOwnerDocuments"] = new JsonArray();
                documents["OwnerSigners"] = new JsonArray(signer);
                ((JsonArray)json["Callers"]!).Add(new JsonObject { ["Name"] = Approver, ["CertificateSha256"] = ApproverCertificate.GetCertHashString(HashAlgorithmName.SHA256), ["Roles"] = new JsonArray("approver") });
                ((JsonArray)json["Callers"]!).Add(new JsonObject { ["Name"] = "other", ["ApiKeySha256"] = TestWorld.Digest("other-key-of-a-test"), ["Roles"] = new JsonArray("auditor") });
                if (server is not null)
                {
                    File.WriteAllText(connection, server.NewDatabase());
                    File.SetUnixFileMode(connection, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                    var archive = (JsonObject)json["Archive"]!;
                    archive["Store"] = "postgresql";
                    archive["Connection"] = connection;
                    archive["Instance"] = "consumer";
                }

                configure(json);
            },
        });
        var audit = new AuditWorld(world);
        audit.secrets = Path.GetDirectoryName(signer)!;
        audit.Sign(audit.ListFile, File.ReadAllText(audit.ListFile));
        audit.Grant(grantLines);
        return audit;
    }

    /// <summary>Writes and signs the auditor's grant, with some lines in place of those of the same key.</summary>
    public void Grant(params string[] lines) => Sign(GrantFile, GrantText("G-1", "auditor", lines));

    public static string GrantText(string id, string reader, params string[] lines)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant"] = id,
            ["reader"] = reader,
            ["own"] = "all",
            ["counterparties"] = "all",
            ["services"] = "all",
            ["depth"] = "full",
            ["acts"] = "[search, show, explain, export, hold, erase, purge]",
            ["by"] = "[person, user, basis, message-id]",
            ["system"] = "true",
            ["valid"] = "{ from: 2020-01-01, until: 2040-12-31 }",
        };
        foreach (var line in lines)
        {
            all[line[..line.IndexOf(':', StringComparison.Ordinal)]] = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..];
        }

        return string.Concat(all.Select(pair => $"{pair.Key}: {pair.Value.Trim()}\n"));
    }

    public void Sign(string file, string text, bool byOwner = true)
    {
        File.WriteAllText(file, text);
        var cms = new System.Security.Cryptography.Pkcs.SignedCms(new System.Security.Cryptography.Pkcs.ContentInfo(File.ReadAllBytes(file)), detached: true);
        cms.ComputeSignature(new System.Security.Cryptography.Pkcs.CmsSigner(byOwner ? OwnerCertificate : ApproverCertificate) { DigestAlgorithm = new Oid("2.16.840.1.101.3.4.2.1") });
        File.WriteAllBytes(file + ".sig", cms.Encode());
    }

    /// <summary>One allowed exchange; its request's record.</summary>
    public async Task<RecordId> ExchangeAsync()
    {
        var reply = await World.AskAsync();
        reply.Status.ShouldBe(200, reply.Text);
        RecordId.TryParse(reply.Headers["X-Tunduk-Record"], out var record).ShouldBeTrue();
        return record;
    }

    public async Task<(int Status, JsonElement Answer)> PostAsync(string path, object request, string? key = null)
    {
        using var response = await SendAsync(path, request, key);
        return ((int)response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync()).RootElement);
    }

    /// <summary>Expects a refusal with this code, and that it is an entry.</summary>
    public async Task<JsonElement> RefusedAsync(string code, string path, object request, string? key = null)
    {
        var (status, answer) = await PostAsync(path, request, key);
        answer.GetProperty("code").GetString().ShouldBe(code, answer.ToString());
        status.ShouldBeGreaterThanOrEqualTo(400);
        var entries = await Archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.ArchiveAccess], PageSize = 1 }, default);
        entries.Entries[0].Entry.Code.ShouldBe(code);
        await RefusedByRpcAsync(code, path, request, key);
        await RefusedByCommandAsync(code, path, request, key);
        return answer;
    }

    // The configuration as a command finds it: with the port that the listener has.
    private string CommandConfiguration()
    {
        var file = Path.Combine(World.ConsumerFolder, "command.json");
        if (!File.Exists(file))
        {
            var json = JsonNode.Parse(File.ReadAllText(World.Folders.ConsumerConfiguration))!;
            json["Listen"]!["Admin"]!["Address"] = World.Consumer.AdminAddress!.AbsoluteUri;
            File.WriteAllText(file, json.ToJsonString());
        }

        return file;
    }

    // And on the command line, which reads through the running adapter.
    private async Task RefusedByCommandAsync(string code, string path, object request, string? key)
    {
        using var folder = new TemporaryFolder();
        if (CommandLook.Arguments(path, JsonSerializer.SerializeToNode(request, request.GetType(), ArchiveReader.Json)!.AsObject(), folder) is not { } arguments)
        {
            return;
        }

        await File.WriteAllTextAsync(folder["key"], key ?? World.Folders.AuditorKey);
        var before = Archive.Status.Size;
        var (exit, output) = await CommandLook.RunAsync([.. arguments, "--config", CommandConfiguration(), "--key-file", folder["key"]]);
        (exit, CommandLook.CodeOf(output)).ShouldBe((code is "query_invalid" ? 2 : 1, code), $"{string.Join(' ', arguments)}: {output}");
        var entries = await Archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.ArchiveAccess], PageSize = 1 }, default);
        (entries.Entries[0].Entry.Code, entries.Entries[0].Record.Index >= before).ShouldBe((code, true), "on the command line");
    }

    // The same look by gRPC, where it can be said there: the same code, and an entry of its own.
    private async Task RefusedByRpcAsync(string code, string path, object request, string? key)
    {
        var parts = path.Split('/');
        var json = JsonSerializer.SerializeToNode(request, request.GetType(), ArchiveReader.Json)!.AsObject();
        using var client = RpcClient.Of(World, key ?? World.Folders.AuditorKey);
        Func<Task>? ask = null;
        try
        {
            switch (parts[0])
            {
                case "search":
                    var search = JsonParser.Default.Parse<V1.SearchRequest>(json.ToJsonString());
                    ask = () => client.StreamAsync<V1.SearchRequest, V1.SearchResponse>(RpcClient.Archive("Search"), search);
                    break;
                case "export":
                    var export = JsonParser.Default.Parse<V1.ExportRequest>(json.ToJsonString());
                    ask = () => client.StreamAsync<V1.ExportRequest, V1.ExportResponse>(RpcClient.Archive("Export"), export);
                    break;
                case "records" or "explain" or "prove":
                    json["record"] = parts[1];
                    var get = JsonParser.Default.Parse<V1.GetRequest>(json.ToJsonString());
                    ask = parts[0] switch
                    {
                        "records" => () => client.CallAsync<V1.GetRequest, V1.Record>(RpcClient.Archive("Get"), get),
                        "explain" => () => client.CallAsync<V1.GetRequest, V1.Explanation>(RpcClient.Archive("Explain"), get),
                        _ => () => client.CallAsync<V1.GetRequest, V1.InclusionProof>(RpcClient.Archive("Prove"), get),
                    };
                    break;
                default:
                    return; // What changes the archive is asked by REST alone.
            }
        }
        catch (InvalidProtocolBufferException)
        {
            return; // A member that these messages do not have: a page token, or one that nobody knows.
        }

        (await RpcClient.RefusedAsync(code, ask)).Stage.ShouldNotBeEmpty();
        var entries = await Archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.ArchiveAccess], PageSize = 1 }, default);
        entries.Entries[0].Entry.Code.ShouldBe(code, "by gRPC");
    }

    public async Task<byte[]> ExportAsync(object request)
    {
        using var response = await SendAsync("export", request, null);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        response.IsSuccessStatusCode.ShouldBeTrue(Encoding.UTF8.GetString(bytes));
        return bytes;
    }

    public async Task<BundleTrust> TrustAsync()
    {
        using var response = await SendAsync("trust", new { purpose = Purpose }, null);
        var trust = BundleTrust.Read(await response.Content.ReadAsByteArrayAsync(), out var faults);
        faults.ShouldBeEmpty();
        return trust!;
    }

    public BundleReport Verify(byte[] bundle, BundleTrust? trust) =>
        BundleVerifier.Verify(new MemoryStream(bundle), new BundleCheckOptions { Now = World.Clock.GetUtcNow(), Trust = trust }, default);

    /// <summary>The approver signs what a refusal asked for.</summary>
    public async Task<Approval> ApproveAsync(JsonElement refusal, TimeSpan? life = null, IMessageSigner? by = null)
    {
        var statement = ApprovalStatement.TryParse(refusal.GetProperty("details")[0].GetString()!)! with { Until = DateTimeOffset.FromUnixTimeSeconds((World.Clock.GetUtcNow() + (life ?? TimeSpan.FromHours(1))).ToUnixTimeSeconds()) };
        return new Approval
        {
            Statement = statement.ToText(),
            Signature = await DetachedSignature.CreateAsync(statement.ToBytes(), DetachedContext.Approval, World.Clock.GetUtcNow(), by ?? new ApproverSigner(), default),
        };
    }

    /// <summary>Nobody to be asked about revocation.</summary>
    public static RevocationService NoAuthorities() => RevocationService.Create(new TrustOptions(), static path => path, null!, TimeProvider.System, []);

    /// <summary>The desk of the same archive at another time, as the command line has it.</summary>
    public (ArchiveDesk Desk, Caller Auditor) DeskAt(TimeSpan ahead)
    {
        AdapterConfiguration.Load(World.Folders.ConsumerConfiguration, out var configuration).ShouldBeEmpty();
        configuration!.Options.Documents.OwnerSigners.Clear();
        configuration.Options.Documents.PinnedOwnerDocuments.AddRange(new[] { GrantFile, ListFile }.Select(file => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))));
        configuration.Options.Documents.PinnedAgreements.AddRange(Directory.EnumerateFiles(Path.Combine(World.ConsumerFolder, "agreements"), "*.yaml").Select(file => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))));
        var faults = new List<SettingFault>();
        var clock = new ShiftedClock(ahead);
        var desk = ArchiveDesk.Create(configuration, Archive, SigningKeys.Load(configuration.Options, configuration.Resolve, faults)!, NoAuthorities, clock, faults);
        faults.ShouldBeEmpty();
        new CallerAuthenticator(configuration.Options.Callers, CertificateCallers.None, clock).Authenticate("Bearer " + World.Folders.AuditorKey, null, null).TryGet(out var auditor, out _).ShouldBeTrue();
        return (desk!, auditor!);
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await World.DisposeAsync();
        Directory.Delete(secrets, recursive: true);
    }

    private async Task<HttpResponseMessage> SendAsync(string path, object request, string? key)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(World.Consumer.AdminAddress!, "v1/archive/" + path));
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key ?? World.Folders.AuditorKey);
        message.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(request, request.GetType(), ArchiveReader.Json));
        return await http.SendAsync(message);
    }

    private static X509Certificate2 SelfSigned(string name, RSA key) =>
        new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(100));

    private sealed class ApproverSigner : IMessageSigner
    {
        public SignatureAlgorithm Algorithm => SignatureAlgorithm.RsaSha256;

        public X509Certificate2 Certificate => ApproverCertificate;

        public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => new(ApproverKey.SignData(data.Span, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    private sealed class ShiftedClock(TimeSpan ahead) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + ahead;
    }
}
