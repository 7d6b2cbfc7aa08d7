using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Doctor;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Sandbox.Pki;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Doctor;

// Over 300 lines: everything the doctor looks at, over one world.

/// <summary>Each thing the doctor looks at, made wrong: it is found, by name, with a remedy.</summary>
public sealed class ExaminationTests : IAsyncLifetime
{
    private const string Json = "application/json";
    private static readonly string[] Places = ["Documents:State", "anchor file", "Limits:SpoolFolder"];
    private readonly string folder = Directory.CreateTempSubdirectory("tunduk-doctor-").FullName;
    private SandboxListener server = null!;
    private SandboxFolders folders = null!;
    private Func<HttpContext, Task> answer = null!;

    public async Task InitializeAsync()
    {
        answer = context => Answering(context, SandboxNames.Consumer, SandboxNames.Provider);
        server = await SandboxListener.StartAsync([new SandboxEndpoint(0)], context => answer(context), CancellationToken.None);
        folders = new SandboxFolders(folder, DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime));
        folders.WriteConsumer(TestKeys.Consumer, TestKeys.Provider, server.Addresses[0]);
    }

    public async Task DisposeAsync()
    {
        await server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Examine_SandboxConfiguration_HasNoFault()
    {
        var findings = await ExamineAsync();

        findings.Where(finding => finding.Severity == DoctorSeverity.Fault).ShouldBeEmpty();
        foreach (var subject in new[] { "key is", "clock", "identifiers", "archive" })
        {
            findings.ShouldContain(finding => finding.Subject == subject && finding.Severity == DoctorSeverity.Ok, subject);
        }
    }

    [Fact]
    public async Task Examine_GrantNobodySigned_IsNamedAndTheOthersShown()
    {
        var grants = Path.Combine(folder, "consumer", "grants");
        File.WriteAllText(Path.Combine(grants, "second.yaml"), File.ReadAllText(Path.Combine(grants, "auditor.yaml")).Replace("G-2026-001", "G-2026-002", StringComparison.Ordinal));

        var findings = await ExamineAsync();

        findings.ShouldContain(finding => finding.Severity == DoctorSeverity.Ok && finding.Subject == "grant G-2026-001");
        findings.ShouldContain(finding => finding.Severity == DoctorSeverity.Warning && finding.Fault.StartsWith("second.yaml: ", StringComparison.Ordinal) && finding.Remedy != null);
        findings.ShouldNotContain(finding => finding.Subject == "grant G-2026-002");
    }

    [Fact]
    public async Task Examine_SecurityServerThatNeverEndsItsList_EndsAndNamesIt()
    {
        answer = async context =>
        {
            context.Response.ContentType = Json;
            await context.Response.WriteAsync("{");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };
        var clock = new TestClock();
        var examining = ExamineAsync(clock: clock);

        await Wait.ForAsync(() =>
        {
            clock.Expire(TimeSpan.FromSeconds(15)); // ConnectTimeout and the time for an answer.
            return Task.FromResult(examining.IsCompleted ? "ended" : null);
        });

        (await examining).ShouldContain(finding => finding.Severity == DoctorSeverity.Fault && finding.Subject.StartsWith("security server", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(29, "30 days")]
    [InlineData(13, "14 days")]
    [InlineData(6, "7 days")]
    [InlineData(0.5, "1 day,")]
    public void Expiry_Ahead_IsWarnedOfAtEachHorizon(double days, string text)
    {
        var now = TimeProvider.System.GetUtcNow();

        var finding = Expiry.Judge("key", now.UtcDateTime.AddDays(-1), now.UtcDateTime.AddDays(days), now);

        finding.Severity.ShouldBe(DoctorSeverity.Warning);
        finding.Fault.ShouldContain(text);
        finding.DaysLeft!.Value.ShouldBe(days, 0.01);
    }

    [Theory]
    [InlineData(31, "Ok")]
    [InlineData(-1, "Fault")]
    public void Expiry_FarAheadOrPast_IsOkOrAFault(double days, string severity)
    {
        var now = TimeProvider.System.GetUtcNow();

        Expiry.Judge("key", now.UtcDateTime.AddDays(-2), now.UtcDateTime.AddDays(days), now).Severity.ToString().ShouldBe(severity);
    }

    [Fact]
    public async Task Examine_KeyExpired_IsAFault()
    {
        var findings = await ExamineAsync(clock: new LaterClock(TimeSpan.FromDays(5_000)));

        findings.ShouldContain(finding => finding.Subject == "key is" && finding.Severity == DoctorSeverity.Fault && finding.Fault.Contains("expired", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Examine_SigningKeyReadableByGroup_IsAFault()
    {
        var open = Path.Combine(folder, "open.key.pem"); // Other tests start adapters with the key itself.
        File.Copy(TestKeys.Consumer.KeyPath, open);
        File.SetUnixFileMode(open, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        (await ExamineAsync(json => json["Keys"]!["is"]!["Key"] = open)).ShouldContain(finding => finding.Subject.StartsWith("Keys:is", StringComparison.Ordinal) && finding.Severity == DoctorSeverity.Fault);
    }

    [Fact]
    public async Task Examine_ArchiveKeyReadableByGroup_IsAFault()
    {
        var keys = Directory.CreateDirectory(Path.Combine(folder, "consumer", "archive-keys")).FullName;
        var file = Path.Combine(keys, "epoch.key");
        File.WriteAllText(file, "invented");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);

        (await ExamineAsync()).ShouldContain(finding => finding.Subject == $"file {file}" && finding.Severity == DoctorSeverity.Fault && finding.Remedy!.Contains("chmod 600", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Examine_AgreementWritableByGroup_IsAFault()
    {
        var file = Path.Combine(folder, "consumer", "agreements", SandboxAgreements.FileName);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);

        (await ExamineAsync()).ShouldContain(finding => finding.Subject == $"file {file}" && finding.Severity == DoctorSeverity.Fault);
    }

    [Theory]
    [InlineData("archive")]
    [InlineData("archive-keys")]
    [InlineData("archive-head")]
    public async Task Examine_PlaceOfTheArchiveWritableByEverybody_IsAFault(string place)
    {
        var path = Directory.CreateDirectory(Path.Combine(folder, "consumer", place)).FullName;
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.OtherWrite);

        (await ExamineAsync()).ShouldContain(finding => finding.Subject == $"file {path}" && finding.Severity == DoctorSeverity.Fault);
    }

    [Fact]
    public async Task Examine_HeadStoreEmptyBesideAnArchive_IsAFault()
    {
        var archive = Directory.CreateDirectory(Path.Combine(folder, "consumer", "archive")).FullName;
        File.WriteAllText(Path.Combine(archive, "archive.db"), "invented");
        Directory.CreateDirectory(Path.Combine(folder, "consumer", "archive-head"));

        (await ExamineAsync()).ShouldContain(finding => finding.Subject == "archive head" && finding.Severity == DoctorSeverity.Fault);
    }

    [Fact]
    public async Task Examine_HeadStoreOnTheArchivesVolume_IsAWarning()
    {
        Directory.CreateDirectory(Path.Combine(folder, "consumer", "archive"));
        Directory.CreateDirectory(Path.Combine(folder, "consumer", "archive-head"));

        (await ExamineAsync()).ShouldContain(finding => finding.Subject == "archive head" && finding.Severity == DoctorSeverity.Warning && finding.Fault.Contains("archive's volume", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Examine_LittleRoomForTheArchive_IsAWarningAndNoneAFault()
    {
        using var volume = SmallVolume.Mount();
        async Task<DoctorFinding> RoomAsync() => (await ExamineAsync(json => json["Archive"]!["Folder"] = Path.Combine(volume.Path, "archive")))
            .Single(finding => finding.Subject == "archive" && finding.Fault.EndsWith("MiB are free", StringComparison.Ordinal));

        (await RoomAsync()).Severity.ShouldBe(DoctorSeverity.Warning, "a folder that is not made yet counts by its volume");
        volume.Fill();
        var none = await RoomAsync();

        none.Severity.ShouldBe(DoctorSeverity.Fault);
        none.Remedy!.ShouldContain("Make room: below 64 MiB");
    }

    [Fact]
    public async Task Examine_PlacesOutsideTheArchiveThatCanBeWritten_AreOk()
    {
        var findings = await ExamineAsync(json => json["Limits"] = new JsonObject { ["SpoolFolder"] = folder, ["MaxSpool"] = 1 << 20, ["MaxSpoolEach"] = 1 << 20 });

        foreach (var subject in Places)
        {
            findings.ShouldContain(finding => finding.Subject == subject && finding.Severity == DoctorSeverity.Ok && finding.Fault.Contains("can be written", StringComparison.Ordinal), subject);
        }
    }

    [Fact]
    public async Task Examine_PlacesOutsideTheArchiveFull_AreWarningsThenFaults()
    {
        using var volume = SmallVolume.Mount();
        Task<IReadOnlyList<DoctorFinding>> AskedAsync() => ExamineAsync(json => Put(json, volume.Path));

        var little = (await AskedAsync()).Where(finding => Places.Contains(finding.Subject) && finding.Fault.Contains("MiB are free", StringComparison.Ordinal)).ToList();
        little.Select(finding => finding.Subject).ShouldBe(Places, ignoreOrder: true);
        little.Single(finding => finding.Subject == "Limits:SpoolFolder").Severity.ShouldBe(DoctorSeverity.Warning, "the volume is smaller than Limits:MaxSpool");

        volume.Fill();
        var none = (await AskedAsync()).Where(finding => Places.Contains(finding.Subject) && finding.Fault.Contains("0 MiB are free", StringComparison.Ordinal)).ToList();
        none.Select(finding => finding.Subject).ShouldBe(Places, ignoreOrder: true);
        none.ShouldAllBe(finding => finding.Severity == DoctorSeverity.Fault && finding.Remedy!.StartsWith("Make room", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Examine_PlacesOutsideTheArchiveReadOnly_AreFaults()
    {
        using var volume = SmallVolume.Mount();
        volume.MakeReadOnly();

        var findings = await ExamineAsync(json => Put(json, volume.Path));

        foreach (var subject in Places)
        {
            findings.ShouldContain(finding => finding.Subject == subject && finding.Severity == DoctorSeverity.Fault && finding.Fault.Contains("cannot write", StringComparison.Ordinal), subject);
        }
    }

    [Fact]
    public async Task Examine_PlacesOutsideTheArchiveOfTheWrongKind_AreFaults()
    {
        var file = Path.Combine(folder, "a-file");
        File.WriteAllText(file, "invented");

        var findings = await ExamineAsync(json =>
        {
            json["Documents"]!["State"] = file;
            json["Archive"]!["AnchorFile"] = folder;
        });

        findings.ShouldContain(finding => finding.Subject == "Documents:State" && finding.Severity == DoctorSeverity.Fault && finding.Fault.Contains("is a file", StringComparison.Ordinal));
        findings.ShouldContain(finding => finding.Subject == "anchor file" && finding.Severity == DoctorSeverity.Fault && finding.Fault.Contains("is a folder", StringComparison.Ordinal));
    }

    // The adapter that runs has it in memory; the next start would not.
    [Fact]
    public async Task Examine_MasterKeyGoneOrAnother_IsAFaultAndOkWhenItOpensTheKeys()
    {
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { WithProvider = false });
        var keys = Path.Combine(world.ConsumerFolder, "archive-keys");
        var master = Path.Combine(world.ConsumerFolder, "archive-master.key");

        (await OfKeysAsync()).Severity.ShouldBe(DoctorSeverity.Ok);
        File.Move(master, master + ".away");
        (await OfKeysAsync()).Severity.ShouldBe(DoctorSeverity.Fault);
        File.WriteAllText(master, new string('a', 64));
        File.SetUnixFileMode(master, UnixFileMode.UserRead);
        (await OfKeysAsync()).Fault.ShouldContain("was not wrapped by this master key");

        async Task<DoctorFinding> OfKeysAsync() => (await ExamineAsync(json =>
        {
            json["Archive"]!["Keys"] = keys;
            json["Archive"]!["MasterKey"] = master;
        })).Single(finding => finding.Subject == "archive keys" && !finding.Fault.Contains("free", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Examine_SpoolFolderOfEverybody_IsAFaultUnlessItIsSticky(bool sticky)
    {
        var spool = Directory.CreateDirectory(Path.Combine(folder, "spool")).FullName;
        File.SetUnixFileMode(spool, (UnixFileMode)0b111_111_111 | (sticky ? UnixFileMode.StickyBit : UnixFileMode.None));

        (await ExamineAsync(json => json["Limits"] = new JsonObject { ["SpoolFolder"] = spool }))
            .Any(finding => finding.Subject == "Limits:SpoolFolder" && finding.Severity == DoctorSeverity.Fault).ShouldBe(!sticky);
    }

    [Fact]
    public async Task Examine_RevocationAndTimeStampServices_AreAskedAndNamed()
    {
        await using var authority = await AuthorityServer.StartAsync(TestKeys.TheAuthority, 0, TimeProvider.System, CancellationToken.None);
        Task<IReadOnlyList<DoctorFinding>> Asked() => ExamineAsync(json => json["Trust"] = new JsonObject
        {
            ["Anchors"] = new JsonArray(authority.Root.CertificatePath),
            ["Revocation"] = TestRevocation.Of(authority),
            ["Timestamps"] = new JsonObject
            {
                ["Authorities"] = new JsonArray(new JsonObject { ["Address"] = authority.TsaAddress.AbsoluteUri, ["Anchors"] = new JsonArray(authority.Root.CertificatePath), ["AllowLocalAddresses"] = true, ["Timeout"] = "00:01:00" }),
            },
        });
        var services = new[] { $"revocation of {authority.Root.CertificatePath}", $"time-stamps of {authority.TsaAddress.AbsoluteUri}" };

        var good = (await Asked()).Where(finding => services.Contains(finding.Subject)).ToList();
        good.Select(finding => finding.Subject).ShouldBe(services, ignoreOrder: true);
        good.ShouldAllBe(finding => finding.Severity == DoctorSeverity.Ok);

        authority.Ocsp.Fault = OcspFault.TryLater;
        authority.Tsa.Fault = TimeStampFault.Rejection;
        var bad = (await Asked()).Where(finding => services.Contains(finding.Subject)).ToList();
        bad.Count.ShouldBe(2);
        bad.ShouldAllBe(finding => finding.Severity == DoctorSeverity.Fault && finding.Remedy!.Length > 0);

        authority.Ocsp.Fault = OcspFault.None;

        // A certificate of the same name that the authority has never issued.
        using (var elsewhere = new Sandbox.TemporaryFolder())
        using (var another = DevelopmentAuthority.OpenOrCreate(elsewhere["ca"], TimeProvider.System))
        {
            var stranger = another.SigningCertificate("is-stranger", "60009001", "Credit office (invented)", "loans");
            var unknown = (await ExamineAsync(json => (json["Keys"]!["is"]!["Certificate"], json["Keys"]!["is"]!["Key"]) = (stranger.CertificatePath, stranger.KeyPath))).Single(finding => finding.Subject == services[0]);
            unknown.Severity.ShouldBe(DoctorSeverity.Fault);
            unknown.Fault.ShouldContain("does not know the own certificate");
        }
    }

    [Fact]
    public async Task Examine_NoAnchor_IsAWarning()
    {
        var findings = await ExamineAsync(json =>
        {
            ((JsonObject)json["Archive"]!).Remove("AnchorFile");
            (json["Trust"] as JsonObject)?.Remove("Timestamps");
        });

        findings.ShouldContain(finding => finding.Subject == "anchors" && finding.Severity == DoctorSeverity.Warning && finding.Fault.Contains("not excluded for any entry", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Examine_AnchorsThatDoNotAnswerOrAreOpenToAll_AreFaults()
    {
        using var dead = new DeadAddress();
        var findings = await ExamineAsync(json => json["Archive"]!["Anchors"] = new JsonArray(
            new JsonObject { ["Address"] = $"syslog+tcp://127.0.0.1:{dead.Uri.Port}" },
            new JsonObject { ["Address"] = "https://anchor.example/checkpoints" }));

        findings.ShouldContain(finding => finding.Subject.StartsWith("anchor syslog+tcp", StringComparison.Ordinal) && finding.Severity == DoctorSeverity.Fault && finding.Fault == "ConnectionRefused");
        findings.ShouldContain(finding => finding.Subject == "Archive:Anchors:1" && finding.Severity == DoctorSeverity.Fault && finding.Fault.Contains("whoever answers would be believed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Examine_ServiceWithoutAgreement_IsAnAlarm()
    {
        var findings = await ExamineAsync(json => ((JsonObject)json["Services"]!)["stranger"] = new JsonObject
        {
            ["Service"] = "sandbox/GOV/70009005/registry/getPerson/v1",
            ["Contract"] = (string)json["Services"]!["getPerson"]!["Contract"]!,
        });

        findings.ShouldContain(finding => finding.Subject == "service stranger" && finding.Severity == DoctorSeverity.Warning && finding.Fault.Contains("every request is refused", StringComparison.Ordinal));
        findings.ShouldNotContain(finding => finding.Subject == "service getPerson");
    }

    [Fact]
    public async Task Examine_AgreementNotPinned_IsAWarningAndCoversNothing()
    {
        var findings = await ExamineAsync(json => json["Documents"]!["PinnedAgreements"] = new JsonArray());

        findings.ShouldContain(finding => finding.Fault.Contains("neither pinned nor signed", StringComparison.Ordinal));
        findings.ShouldContain(finding => finding.Subject == "service getPerson");
    }

    [Fact]
    public async Task Examine_SecurityServersClockDiffers_IsAFault()
    {
        answer = context =>
        {
            context.Response.Headers.Date = TimeProvider.System.GetUtcNow().AddMinutes(-5).ToString("R", CultureInfo.InvariantCulture);
            return Answering(context, SandboxNames.Consumer, SandboxNames.Provider);
        };

        (await ExamineAsync()).ShouldContain(finding => finding.Subject == "clock" && finding.Severity == DoctorSeverity.Fault);
    }

    [Fact]
    public async Task Examine_IdentifierNotRegistered_IsAWarning()
    {
        answer = context => Answering(context, SandboxNames.Provider);

        (await ExamineAsync()).ShouldContain(finding => finding.Subject == $"identifier {SandboxNames.Consumer}" && finding.Severity == DoctorSeverity.Warning);
    }

    [Fact]
    public async Task Examine_SecurityServerAway_IsAFault()
    {
        using var dead = new DeadAddress();

        (await ExamineAsync(json => json["SecurityServer"]!["Address"] = dead.Uri.ToString())).ShouldContain(finding =>
            finding.Subject.StartsWith("security server", StringComparison.Ordinal) && finding.Severity == DoctorSeverity.Fault && finding.Fault.Contains("ConnectionRefused", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Examine_SecurityServerShowsAnotherCertificate_NamesTheOneItShows()
    {
        await using var tls = await SandboxListener.StartAsync([new SandboxEndpoint(0, TestKeys.Provider.Certificate)], context => answer(context), CancellationToken.None);
        var findings = await ExamineAsync(json =>
        {
            json["SecurityServer"]!["Address"] = tls.Addresses[0].ToString();
            json["SecurityServer"]!["ServerCertificates"] = new JsonArray(new string('0', 64));
        });

        var finding = findings.Single(one => one.Fault.Contains("another certificate", StringComparison.Ordinal));
        finding.Severity.ShouldBe(DoctorSeverity.Fault);
        finding.Remedy!.ShouldContain(TestKeys.Sha256(TestKeys.Provider.Certificate));
    }

    [Fact]
    public async Task Ready_DoctorHasFound_ShowsItAndTheMetricsCountIt()
    {
        await using var world = await TestWorld.StartAsync(new TestWorldOptions
        {
            Consumer = json =>
            {
                json["Doctor"] = new JsonObject { ["Interval"] = "01:00:00" };
                ((JsonObject)json["Services"]!)["stranger"] = new JsonObject
                {
                    ["Service"] = "sandbox/GOV/70009005/registry/getPerson/v1",
                    ["Contract"] = (string)json["Services"]!["getPerson"]!["Contract"]!,
                };
            },
        });

        await Wait.ForAsync(async () => (await GetAsync(world, "health/ready")).Contains("service stranger: no agreement in force", StringComparison.Ordinal) ? "found" : null);

        var metrics = await GetAsync(world, "metrics");
        metrics.ShouldMatch("""tunduk_days_left\{subject="key is"\} [0-9.]+""");
        metrics.ShouldMatch("""tunduk_days_left\{subject="agreement [^"]+"\} [0-9.]+""");
        metrics.ShouldMatch("""tunduk_doctor_findings\{severity="warning"\} [1-9]""");
    }

    private static void Put(JsonObject json, string place)
    {
        json["Documents"]!["State"] = Path.Combine(place, "state");
        json["Archive"]!["AnchorFile"] = Path.Combine(place, "anchor", "checkpoints.txt");
        json["Limits"] = new JsonObject { ["SpoolFolder"] = place };
    }

    private static async Task<string> GetAsync(TestWorld world, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(world.Consumer.AdminAddress!, path));
        return (await world.SendAsync(request)).Text;
    }

    private static async Task Answering(HttpContext context, params string[] clients)
    {
        context.Request.Path.Value.ShouldBe("/listClients");
        context.Response.ContentType = Json;
        var rows = clients.Select(client => client.Split('/')).Select(parts =>
            $$$"""{"id":{"object_type":"SUBSYSTEM","xroad_instance":"{{{parts[0]}}}","member_class":"{{{parts[1]}}}","member_code":"{{{parts[2]}}}","subsystem_code":"{{{parts[3]}}}"}}""");
        await context.Response.WriteAsync($$"""{"member":[{{string.Join(',', rows)}}]}""");
    }

    private async Task<IReadOnlyList<DoctorFinding>> ExamineAsync(Action<JsonObject>? change = null, TimeProvider? clock = null)
    {
        var file = folders.ConsumerConfiguration;
        var json = (JsonObject)JsonNode.Parse(await File.ReadAllTextAsync(file), documentOptions: new System.Text.Json.JsonDocumentOptions { CommentHandling = System.Text.Json.JsonCommentHandling.Skip })!;
        change?.Invoke(json);
        await File.WriteAllTextAsync(file, json.ToJsonString());
        AdapterConfiguration.Load(file, out var configuration).ShouldBeEmpty();
        return await Examination.RunAsync(configuration!, clock ?? TimeProvider.System, CancellationToken.None);
    }

    private sealed class LaterClock(TimeSpan later) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + later;
    }
}
