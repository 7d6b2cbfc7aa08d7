using System.CommandLine;
using Tunduk.Adapter.Reading;

namespace Tunduk.Adapter.Cli;

/// <summary><c>archive hold</c>, <c>archive erase</c>, <c>archive purge</c>.</summary>
internal static class ArchiveRetentionCommands
{
    public static Command Hold()
    {
        var release = new Option<string?>("--release") { Description = Phrases.Of("Cli.ReleaseHold") };
        var list = new Option<bool>("--list") { Description = Phrases.Of("Cli.ListHoldsForce") };
        var query = new SearchOptions();
        var read = new ReadOptions();
        var command = new Command("hold", Phrases.Of("Cli.PlaceLegalHoldEverything")) { release, list };
        query.AddTo(command);
        read.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (read.Open(parsed) is not { } access || query.Complete(parsed, new ArchiveHoldRequest()) is not { } searched || read.Complete(parsed, searched) is not { } completed)
            {
                return Output.WrongUse;
            }

            if (parsed.GetValue(list))
            {
                var look = read.Complete(parsed, new ArchiveAccess())!;
                var (listed, holds) = await access.ReadAsync("v1/archive/holds", look, (desk, caller) => desk.Retention.HoldsAsync(caller, look), cancellationToken);
                return read.Print(parsed, listed, holds, look, null, static answer => Output.Json(answer));
            }

            var request = completed with { Release = parsed.GetValue(release) };
            var (ok, answer) = await access.ReadAsync("v1/archive/hold", request, (desk, caller) => desk.Retention.HoldAsync(caller, request), cancellationToken);
            return read.Print(parsed, ok, answer, request, null, static hold => Output.Line($"{hold.GetProperty("state").GetString()}: {hold.GetProperty("id").GetString()}"));
        });
        return command;
    }

    public static Command Erase()
    {
        var record = new Option<string?>("--record") { Description = Phrases.Of("Cli.RecordOtherwiseEverythingSearch") };
        var fields = new Option<string[]>("--field") { Description = Phrases.Of("Cli.PathsFieldsEraseOtherwise"), AllowMultipleArgumentsPerToken = true };
        var ground = new Option<string>("--ground") { Description = Phrases.Of("Cli.WhatGroundArchived"), Required = true };
        var query = new SearchOptions();
        var read = new ReadOptions();
        var command = new Command("erase", Phrases.Of("Cli.EraseFieldsRecordEverything")) { record, fields, ground };
        query.AddTo(command);
        read.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (read.Open(parsed) is not { } access || query.Complete(parsed, new ArchiveEraseRequest()) is not { } searched || read.Complete(parsed, searched) is not { } completed)
            {
                return Output.WrongUse;
            }

            var paths = parsed.GetValue(fields) ?? [];
            var request = completed with { Record = parsed.GetValue(record), Fields = paths.Length == 0 ? null : paths, Ground = parsed.GetValue(ground) };
            var (ok, answer) = await access.ReadAsync("v1/archive/erase", request, (desk, caller) => desk.Retention.EraseAsync(caller, request, cancellationToken), cancellationToken);
            // Who forgets by script must not take a mistyped field for done.
            var done = ok && answer.GetProperty("erased").GetInt64() + answer.GetProperty("looks").GetInt64() > 0;
            return read.Print(parsed, done, answer, request, null, static report => Output.Json(report));
        });
        return command;
    }

    public static Command Purge()
    {
        var execute = new Option<bool>("--execute") { Description = Phrases.Of("Cli.DoWithoutCommandOnly") };
        var read = new ReadOptions();
        var command = new Command("purge", Phrases.Of("Cli.EraseWhatOwnerConfirmed")) { execute };
        read.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (read.Open(parsed) is not { } access || read.Complete(parsed, new ArchivePurgeRequest()) is not { } completed)
            {
                return Output.WrongUse;
            }

            var request = completed with { Execute = parsed.GetValue(execute) };
            var (ok, answer) = await access.ReadAsync("v1/archive/purge", request, (desk, caller) => desk.Retention.PurgeAsync(caller, request, cancellationToken), cancellationToken);
            return read.Print(parsed, ok && !(answer.TryGetProperty("stopped", out _)), answer, request, null, static report => Output.Json(report));
        });
        return command;
    }
}
