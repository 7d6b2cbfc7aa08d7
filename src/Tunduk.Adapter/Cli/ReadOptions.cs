using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Grants;
using Tunduk.Adapter.Reading;

namespace Tunduk.Adapter.Cli;

/// <summary>The options every reading command has.</summary>
internal sealed class ReadOptions
{
    private readonly Option<string> config = Commands.ConfigOption();
    private readonly Option<string> keyFile = new("--key-file") { Description = Phrases.Of("Cli.FileApiKeyAuditor"), Required = true };
    private readonly Option<string> purpose = new("--purpose") { Description = Phrases.Of("Cli.WhatLookArchived"), Required = true };
    private readonly Option<string?> caseNumber = new("--case") { Description = Phrases.Of("Cli.NumberCaseIf") };
    private readonly Option<string?> grant = new("--grant") { Description = Phrases.Of("Cli.NumberGrantWhereSeveral") };
    private readonly Option<string?> depth = new("--depth") { Description = Phrases.Of("Cli.MetadataNamesMaskedFull") };
    private readonly Option<string?> approvalRequest = new("--approval-request") { Description = Phrases.Of("Cli.WhereSecondPersonMust") };
    private readonly Option<string?> approval = new("--approval") { Description = Phrases.Of("Cli.ApproverAnswerApprovalRequest") };
    private readonly Option<bool> json = Commands.JsonOption();

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { config, keyFile, purpose, caseNumber, grant, depth, approvalRequest, approval, json })
        {
            command.Options.Add(option);
        }
    }

    public bool Json(ParseResult parsed) => parsed.GetValue(json);

    /// <summary>Where to write a request for an approver; null when none is asked for.</summary>
    public string? ApprovalRequest(ParseResult parsed) => parsed.GetValue(approvalRequest);

    /// <summary>The request with purpose, case, grant, depth and approval; null after saying what is wrong.</summary>
    public T? Complete<T>(ParseResult parsed, T request)
        where T : ArchiveAccess
    {
        GrantDepth? wanted = null;
        if (parsed.GetValue(depth) is { } text)
        {
            if (!NamedValue.TryParse<GrantDepth>(text, out var known))
            {
                Console.Error.WriteLine(Phrases.Of("Cli.DepthMetadataNamesMasked"));
                return null;
            }

            wanted = known;
        }

        ApprovalFile? approved = null;
        if (parsed.GetValue(approval) is { } file && (approved = ApprovalFile.Read(file)) is not { Signature: not null, Statement: not null })
        {
            Console.Error.WriteLine(Phrases.Of("Cli.ApprovalNoApproval", file));
            return null;
        }

        return request with
        {
            Purpose = parsed.GetValue(purpose),
            Case = parsed.GetValue(caseNumber),
            Grant = parsed.GetValue(grant),
            Depth = wanted,
            Nonce = approved?.Nonce ?? (parsed.GetValue(approvalRequest) is null ? null : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))),
            Approval = approved is null ? null : new Approval { Statement = approved.Statement!, Signature = approved.Signature! },
        };
    }

    /// <summary>Opens the way to the archive; null after saying why not.</summary>
    public ArchiveAccessPoint? Open(ParseResult parsed)
    {
        var faults = AdapterConfiguration.Load(parsed.GetValue(config)!, out var configuration);
        if (configuration is null)
        {
            foreach (var wrong in faults)
            {
                Console.Error.WriteLine(wrong);
            }

            return null;
        }

        if (!ApiKeyFile.TryRead(parsed.GetValue(keyFile), out var key, out var fault))
        {
            Console.Error.WriteLine(fault);
            return null;
        }

        return new ArchiveAccessPoint(configuration, key);
    }

    /// <summary>Prints an answer or a problem, writes the request for an approver where one is needed, and gives the exit code.</summary>
    public int Print<T>(ParseResult parsed, bool ok, JsonElement answer, T request, string? record, Action<JsonElement> print)
        where T : ArchiveAccess
    {
        if (!ok && ApprovalRequest(parsed) is { } file && Text(answer, "code") == "approval_missing" && answer.TryGetProperty("details", out var details) && details.GetArrayLength() == 1)
        {
            var canonical = record is null ? ArchiveQueries.Canonical(request) : ArchiveQueries.Canonical(record, request);
            ApprovalFile.Write(file, new ApprovalFile { Asked = details[0].GetString()!, Nonce = request.Nonce!, Request = System.Text.Encoding.UTF8.GetString(canonical) });
            Output.Line(Phrases.Of("Cli.SecondPersonMustApprove", file));
            return Output.NotOk;
        }

        if (Json(parsed) || !ok)
        {
            Output.Json(answer);
        }
        else
        {
            print(answer);
        }

        // A request that is wrong in itself is wrong use; one that is refused is not in order.
        return ok ? Output.Ok : Text(answer, "code") is "query_invalid" or "json_malformed" ? Output.WrongUse : Output.NotOk;
    }

    private static string? Text(JsonElement element, string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value.ToString() : null;
}
