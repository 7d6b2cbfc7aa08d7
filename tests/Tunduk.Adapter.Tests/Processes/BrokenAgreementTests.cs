using System.Text;
using System.Text.Json;
using Tunduk.Adapter.Tests.Agreements;
using Tunduk.Adapter.Tests.Sandbox;

namespace Tunduk.Adapter.Tests.Processes;

/// <summary>Broken documents before <c>agreement check</c>, as whoever wrote them sees it: file, line and remedy for each.</summary>
public sealed class BrokenAgreementTests
{
    /// <summary>Name: how the sound document is broken, the fault's code, and its line (0: of the whole file).</summary>
    private static readonly Dictionary<string, (Func<string, string> Break, string Code, int Line)> Broken = new(StringComparer.Ordinal)
    {
        ["unknown-key"] = (text => text.Replace("purposes:", "purpose:", StringComparison.Ordinal), "unknown_key", 8),
        ["unknown-key-of-a-service"] = (text => text.Replace("environment: production", "enviroment: production", StringComparison.Ordinal), "unknown_key", 16),
        ["key-twice"] = (text => text.Replace("version: 3", "version: 3\nversion: 3", StringComparison.Ordinal), "duplicate_key", 3),
        ["key-missing"] = (text => text.Replace("role: provider\n", "", StringComparison.Ordinal), "missing_key", 1),
        ["alias"] = (text => text.Replace("purposes: [loan-scoring]", "purposes: [loan-scoring, *a]", StringComparison.Ordinal), "yaml_alias", 8),
        ["anchor"] = (text => text.Replace("role: provider", "role: &a provider", StringComparison.Ordinal), "yaml_anchor", 5),
        ["merge-key"] = (text => text.Replace("caller: {", "caller: { <<: *b,", StringComparison.Ordinal), "yaml_alias", 0),
        ["tag"] = (text => text.Replace("role: provider", "role: !!python/object provider", StringComparison.Ordinal), "yaml_tag", 5),
        ["bomb-of-aliases"] = (text => "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n" + text, "yaml_anchor", 1),
        ["bomb-of-depth"] = (text => text + "notes: " + new string('[', 10_000) + new string(']', 10_000) + "\n", "document_too_deep", 0),
        ["bomb-of-size"] = (text => text + "# " + new string('x', 1_100_000), "document_too_large", 0),
        ["bomb-of-entries"] = (text => text + "notes: [" + string.Concat(Enumerable.Repeat("1,", 60_000)) + "1]\n", "document_too_deep", 0),
        ["second-document"] = (text => text + "---\nagreement: SLA-2\n", "several_documents", 0),
        ["no-yaml"] = (text => text.Replace("role: provider", "role: [provider", StringComparison.Ordinal), "yaml_syntax", 0),
        ["tabs"] = (text => text.Replace("    environment", "\tenvironment", StringComparison.Ordinal), "yaml_syntax", 0),
        ["empty"] = (_ => "", "document_empty", 0),
        ["no-utf8"] = (text => text.Replace("role: provider", "role: \uFFFF", StringComparison.Ordinal), "document_not_utf8", 0),
        ["dates-turned-round"] = (text => text.Replace("valid: { from: 2026-03-01, until: 2027-03-01 }", "valid: { from: 2027-03-01, until: 2026-03-01 }", StringComparison.Ordinal), "contradiction", 7),
        ["date-that-is-none"] = (text => text.Replace("until: 2027-03-01 }\npurposes", "until: 2027-02-30 }\npurposes", StringComparison.Ordinal), "wrong_date", 7),
        ["overlap-of-paths"] = (text => text.Replace("address/**]", "address/**, address/street]", StringComparison.Ordinal), "overlapping_paths", 0),
        ["path-twice"] = (text => text.Replace("[surname, name,", "[surname, surname, name,", StringComparison.Ordinal), "duplicate_path", 0),
        ["path-allowed-and-removed"] = (text => text.Replace("unlisted: remove }", "unlisted: remove, remove: [surname] }", StringComparison.Ordinal), "contradiction", 0),
        ["service-twice"] = (text => text.Replace("archive:", "  - { service: getPerson/v1, environment: production, request: { allow: [pin] } }\narchive:", StringComparison.Ordinal), "duplicate_service", 0),
        ["test-in-production"] = (text => text.Replace("getPerson/v1\n    environment: production", "testGetPerson/v1", StringComparison.Ordinal), "test_like_name", 0),
        ["identifier"] = (text => text.Replace("own: sandbox/GOV/70009001/registry", "own: registry", StringComparison.Ordinal), "wrong_identifier", 3),
        ["limit"] = (text => text.Replace("attachments: none", "limits: { perMinute: 0 }", StringComparison.Ordinal), "wrong_number", 0),
    };

    [Fact]
    public async Task Check_BrokenDocuments_EachIsNamedByFileLineAndRemedy()
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, (change, _, _)) in Broken)
        {
            var text = change(AgreementTexts.Full.ReplaceLineEndings("\n"));
            text.ShouldNotBe(AgreementTexts.Full, name);
            await File.WriteAllBytesAsync(folder[name + ".yaml"], [.. Encoding.UTF8.GetBytes(text).Select(one => name == "no-utf8" && one == 0xEF ? (byte)0xFF : one)]);
        }

        var files = Broken.Keys.Select(name => folder[name + ".yaml"]).ToArray();
        var (code, words) = await AdapterProcess.RunAsync(["agreement", "check", .. files]);
        code.ShouldBe(1, words);
        words.ShouldNotContain("   at ");
        var (jsonCode, output) = await AdapterProcess.RunAsync(["agreement", "check", .. files, "--json"]);
        jsonCode.ShouldBe(1);
        var results = JsonDocument.Parse(output).RootElement.EnumerateArray().ToDictionary(result => Path.GetFileNameWithoutExtension(result.GetProperty("file").GetString()!));
        List<string> wrong = [];
        foreach (var (name, (_, expected, line)) in Broken)
        {
            var faults = results[name].GetProperty("faults").EnumerateArray().Where(fault => !fault.GetProperty("isWarning").GetBoolean()).ToList();
            if (results[name].GetProperty("usable").GetBoolean() || !faults.Exists(fault => fault.GetProperty("code").GetString() == expected && (line == 0 || fault.GetProperty("line").GetInt32() == line)))
            {
                wrong.Add($"{name}: not {expected} in line {line} but {string.Join("; ", faults)}");
            }

            foreach (var fault in faults)
            {
                var place = fault.GetProperty("line").GetInt32();
                var whole = fault.GetProperty("code").GetString() is "document_too_large" or "document_not_utf8" or "document_empty";
                if ((place == 0 && !whole) || fault.GetProperty("remedy").GetString() is not { Length: > 10 } remedy || fault.GetProperty("message").GetString()!.Length == 0)
                {
                    wrong.Add($"{name}: {fault}");
                }
                else if (!words.Contains($"{name}.yaml{(place > 0 ? $":{place}:" : "")}", StringComparison.Ordinal) || !words.Contains(remedy, StringComparison.Ordinal))
                {
                    wrong.Add($"{name}: the words do not say {fault}");
                }
            }
        }

        wrong.ShouldBeEmpty(string.Join('\n', wrong));
    }

    [Fact]
    public async Task Check_TwoDocumentsForOneKey_NamesBothByFileLineAndRemedy()
    {
        using var folder = new TemporaryFolder();
        await using var world = await ProcessWorld.StartAsync(new ProcessWorldOptions { Data = folder.Path });
        var agreements = Path.Combine(Path.GetDirectoryName(world.Folders.ConsumerConfiguration)!, "agreements");
        var first = Directory.GetFiles(agreements, "*.yaml").Single();
        await File.WriteAllTextAsync(Path.Combine(agreements, "second.yaml"), (await File.ReadAllTextAsync(first)).Replace("SLA-2026-014", "SLA-2026-099", StringComparison.Ordinal));

        var (code, words) = await AdapterProcess.RunAsync("agreement", "check", "--config", world.Folders.ConsumerConfiguration);
        code.ShouldBe(1, words);
        foreach (var file in new[] { Path.GetFileName(first), "second.yaml" })
        {
            words.ShouldMatch($"{file}:[0-9]+:[0-9]+: error agreement_conflict: valid: [^\n]* is also agreed in [^\n]*End one before the other begins");
        }
    }
}
