using System.Text.Json;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Configuration;

/// <summary>A wrong setting stops the start by name, and all wrong settings are named at once.</summary>
public sealed class AdapterConfigurationTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tunduk-configuration-").FullName;
    private readonly SandboxFolders sandbox;
    private readonly JsonObject good;

    public AdapterConfigurationTests()
    {
        sandbox = new SandboxFolders(folder, DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime));
        sandbox.WriteConsumer(TestKeys.Consumer, TestKeys.Provider, new Uri("http://127.0.0.1:1/"));
        good = (JsonObject)JsonNode.Parse(File.ReadAllText(sandbox.ConsumerConfiguration), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })!;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Load_SandboxConfiguration_IsAccepted()
    {
        AdapterConfiguration.Load(sandbox.ConsumerConfiguration, out var configuration).ShouldBeEmpty();

        configuration.ShouldNotBeNull().Options.Instance.ShouldBe("sandbox");
    }

    [Fact]
    public void Load_NoFile_SaysSo() => AdapterConfiguration.Load(Path.Combine(folder, "nothing.json"), out _).ShouldHaveSingleItem().Setting.ShouldBe("--config");

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("Instance: sandbox")]
    [InlineData("[]")]
    public void Load_NoJson_SaysSoAndDoesNotThrow(string text)
    {
        File.WriteAllText(sandbox.ConsumerConfiguration, text);

        AdapterConfiguration.Load(sandbox.ConsumerConfiguration, out var configuration).ShouldNotBeEmpty();

        configuration.ShouldBeNull();
    }

    public static TheoryData<string, string> Faults => new()
    {
        { "Instance", "\"\"" },
        { "Own", "[]" },
        { "Own:0:Subsystem", "\"junk\"" },
        { "Own:0:Subsystem", "\"other/COM/60009001/loans\"" },
        { "Own:0:SigningKey", "\"nobody\"" },
        { "Listen:Is:Address", "\"ftp://127.0.0.1\"" },
        { "Listen:Is:Address", "\"http://some.name:80\"" },
        { "Listen:Is:Address", "\"127.0.0.1:80\"" },
        { "Listen:Is:ClientCertificates", "[\"abc\"]" },
        { "SecurityServer:Address", "\"\"" },
        { "SecurityServer:Address", "\"nowhere\"" },
        { "SecurityServer:ConnectTimeout", "\"00:05:00\"" },
        { "SecurityServer:ResponseTimeout", "\"00:00:00\"" },
        { "SecurityServer:MaxConnections", "0" },
        { "SecurityServer:TotalTimeout", "\"00:00:00\"" },
        { "SecurityServer:FailOver", "[\"nowhere\"]" },
        { "SecurityServer:ServerCertificates", "[\"abc\"]" },
        { "SecurityServer:ClientCertificate", "\"nothing.p12\"" },
        { "SecurityServer:ClientCertificatePasswordFile", "\"nothing.txt\"" },
        { "Services:getPerson:ConnectTimeout", "\"00:05:00\"" },
        { "Services:getPerson:ResponseTimeout", "\"00:00:00\"" },
        { "Services:getPerson:MaxConcurrent", "0" },
        { "Services:getPerson:Service", "\"junk\"" },
        { "Services:getPerson:Contract", "\"nothing.wsdl\"" },
        { "Services:getPerson:Client", "\"sandbox/COM/60009009/other\"" },
        { "Services:getPerson:Timeout", "\"00:00:00.1\"" },
        { "Keys:is:Certificate", "\"nothing.pem\"" },
        { "Keys:is:Key", "\"nothing.pem\"" },
        { "Callers:0:ApiKeySha256", "\"a-key-in-plain-text\"" },
        { "Callers:0:Roles", "[\"king\"]" },
        { "Callers:0:Subsystems", "[\"sandbox/COM/60009009/other\"]" },
        { "Callers:0:Services", "[\"getNobody\"]" },
        { "Callers:0:Environment", "\"live\"" },
        { "Documents:ExcessAlarm", "0" },
        { "Documents:PinnedAgreements", "[\"nothex\"]" },
        { "Callers:1:Name", "\"loans\"" },
        { "Callers:0:CertificateAuthority", "\"nothing.pem\"" },
        { "Callers:0:CertificateSubject", "\"CN=loans\"" },
        { "Callers:0:RequestsPerSecond", "0" },
        { "Callers:0:Burst", "0" },
        { "Callers:0:MaxConcurrent", "0" },
        { "Listen:Is:TrustedPlainHttp", "[{ \"Cidr\": \"0.0.0.0/0\", \"Caller\": \"loans\" }]" },
        { "Listen:Is:TrustedPlainHttp", "[{ \"Cidr\": \"10.0.0.1/32\", \"Caller\": \"nobody\" }]" },
        { "Archive:Folder", "\"\"" },
        { "Archive:Keys", "\"\"" },
        { "Archive:Keys", "\"archive/keys\"" },
        { "Archive:Head", "\"archive/head\"" },
        { "Archive:MasterKey", "\"archive/master.key\"" },
        { "Archive:CheckpointInterval", "\"00:00:00\"" },
        { "Limits:MaxBody", "1" },
        { "Limits:MaxDepth", "2" },
        { "Doctor:Interval", "\"00:00:01\"" },
        { "Limits:MaxConcurrentExchanges", "0" },
        { "Limits:ArchiveRetry", "\"01:00:00\"" },
        { "Trust:ClockSkew", "\"01:00:00\"" },
        { "Telemetry:LogLevel", "\"Loud\"" },
        { "Telemetry:OtlpEndpoint", "\"nowhere\"" },
        { "Limits:MaxBodyy", "1000" },
        { "SecurityServer:Address", "\"ftp://security-server\"" },
        { "SecurityServer:Address", "\"https://user:secret@10.0.0.2/\"" },
        { "Archiv", "{ \"Folder\": \"archive\" }" },
        { "Limits:MaxBody", "\"much\"" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Load_WrongSetting_IsNamedWithARemedy(string setting, string value)
    {
        Set(setting, value);

        var faults = Load();

        faults.ShouldContain(fault => fault.Setting == setting, string.Join('\n', faults));
        faults.ShouldAllBe(fault => fault.Fault.Length > 0 && fault.Remedy.Length > 0);
        faults.ShouldAllBe(fault => !fault.ToString().Contains("a-key-in-plain-text", StringComparison.Ordinal));
    }

    [Fact]
    public void Load_TwoCallersWithOneKey_NamesBoth()
    {
        var callers = good["Callers"]!.DeepClone().AsArray();
        var second = callers[0]!.DeepClone();
        second["Name"] = "second";
        second["ApiKeySha256"] = ((string)second["ApiKeySha256"]!).ToUpperInvariant();
        callers.Add(second);
        Set("Callers", callers.ToJsonString());

        var fault = Load().ShouldHaveSingleItem();

        fault.Setting.ShouldBe($"Callers:{callers.Count - 1}:ApiKeySha256");
        fault.Fault.ShouldBe($"{(string)callers[0]!["Name"]!} has the same");
    }

    [Theory]
    [InlineData("http://127.0.0.1:18080", "http://127.0.0.1:18080")]
    [InlineData("http://0.0.0.0:18080", "http://127.0.0.1:18080")]
    public void Load_TwoListenersOnOnePort_NamesBoth(string information, string admin)
    {
        Set("Listen:Is:Address", $"\"{information}\"");
        Set("Listen:Admin:Address", $"\"{admin}\"");

        var fault = Load().ShouldHaveSingleItem();

        fault.Setting.ShouldBe("Listen:Admin:Address");
        fault.Fault.ShouldContain("Listen:Is");
    }

    [Fact]
    public void Load_AddressOfAnotherScheme_SaysSoAndNotThatItIsMissing()
    {
        Set("SecurityServer:Address", "\"ftp://security-server\"");

        Load().ShouldHaveSingleItem().Fault.ShouldContain("http://");
    }

    [Fact]
    public void Load_FileIsCut_SaysWhere()
    {
        File.WriteAllText(sandbox.ConsumerConfiguration, "{\n  \"Instance\": \"x\",\n  \"Own\": ]\n}");

        AdapterConfiguration.Load(sandbox.ConsumerConfiguration, out _).ShouldHaveSingleItem().Fault.ShouldBe("the file is not JSON at line 3, column 10");
    }

    [Fact]
    public void Load_SettingStandsTwice_IsNamed()
    {
        File.WriteAllText(sandbox.ConsumerConfiguration, """{ "Instance": "a", "Instance": "b" }""");

        AdapterConfiguration.Load(sandbox.ConsumerConfiguration, out _).ShouldHaveSingleItem().ToString().ShouldContain("Instance: it stands twice");
    }

    [Theory]
    [InlineData("SecurityServer:ConnectTimeout", "\"5 minutes\"", "hh:mm:ss")]
    [InlineData("Limits:MaxBody", "\"much\"", "whole number")]
    [InlineData("Documents:AllowUnsignedAgreements", "\"perhaps\"", "true or false")]
    public void Load_ValueOfAnotherType_SaysWhichTypeAndGivesAnExample(string setting, string value, string remedy)
    {
        Set(setting, value);

        Load().ShouldContain(fault => fault.Setting == setting && fault.Remedy.Contains(remedy, StringComparison.Ordinal));
    }

    [Fact]
    public void Load_ValueOfAnotherTypeThatLooksLikeASetting_IsNotShown()
    {
        Set("Limits:MaxBody", "\"secret:with' at 'colons\"");

        var fault = Load().ShouldHaveSingleItem();

        fault.Setting.ShouldBe("Limits:MaxBody");
        fault.ToString().ShouldNotContain("secret");
        fault.ToString().ShouldNotContain("colons");
    }

    [Fact]
    public void Load_ManyWrongSettings_AreAllNamedAtOnce()
    {
        var wrong = new[] { "Instance", "Own:0:SigningKey", "Listen:Is:Address", "SecurityServer:MaxConnections", "Services:getPerson:Contract", "Callers:0:Roles", "Archive:Folder", "Limits:MaxDepth", "Telemetry:LogLevel" };
        foreach (var setting in wrong)
        {
            Set(setting, setting switch { "SecurityServer:MaxConnections" or "Limits:MaxDepth" => "0", "Callers:0:Roles" => "[\"king\"]", "Instance" or "Archive:Folder" => "\"\"", _ => "\"junk\"" });
        }

        wrong.Except(Load().Select(fault => fault.Setting)).ShouldBeEmpty();
    }

    [Fact]
    public void Load_SecurityServerListenerOpenToAnybody_NeedsTheNamedSetting()
    {
        Set("Listen:SecurityServer:Address", "\"http://127.0.0.1:0\"");

        Load().ShouldContain(fault => fault.Setting == "Listen:SecurityServer:ClientCertificates" && fault.Remedy.Contains("AllowSecurityServerUnauthenticated", StringComparison.Ordinal));
    }

    private IReadOnlyList<SettingFault> Load()
    {
        File.WriteAllText(sandbox.ConsumerConfiguration, good.ToJsonString());
        return AdapterConfiguration.Load(sandbox.ConsumerConfiguration, out _);
    }

    private void Set(string setting, string value)
    {
        JsonNode node = good;
        var names = setting.Split(':');
        foreach (var name in names[..^1])
        {
            node = node is JsonArray list ? list[int.Parse(name)]! : node[name] ?? Add((JsonObject)node, name);
        }

        if (node is JsonArray array)
        {
            array[int.Parse(names[^1])] = JsonNode.Parse(value);
        }
        else
        {
            node[names[^1]] = JsonNode.Parse(value);
        }
    }

    private static JsonObject Add(JsonObject parent, string name)
    {
        var added = new JsonObject();
        parent[name] = added;
        return added;
    }
}
