using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Reading;
using Tunduk.Adapter.Signing;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Cli;

/// <summary>
/// How the command line reads an archive: through the running adapter, or, when none runs, by opening the archive itself.
/// It authenticates like any caller, and either way the look is an entry before the answer (ARCHIVE "Who may read").
/// </summary>
internal sealed class ArchiveAccessPoint(AdapterConfiguration configuration, string key)
{
    /// <summary>Reads through the running adapter, else offline.</summary>
    /// <param name="path">Path of the admin listener's endpoint.</param>
    /// <param name="body">The request.</param>
    /// <param name="offline">What answers when no adapter runs: caller's name to result.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The answer as JSON and whether it is one; a problem otherwise.</returns>
    public async Task<(bool Ok, JsonElement Answer)> ReadAsync<TRequest, TAnswer>(
        string path,
        TRequest body,
        Func<ArchiveReader, string, Task<Outcome<TAnswer>>> offline,
        CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(2) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        HttpResponseMessage response;
        try
        {
            response = await http.PostAsJsonAsync(new Uri(new Uri(configuration.Options.Listen.Admin.Address), path), body, ArchiveReader.Json, cancellationToken);
        }
        catch (HttpRequestException)
        {
            return await OfflineAsync(offline, cancellationToken);
        }

        using (response)
        {
            return (response.IsSuccessStatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken));
        }
    }

    private async Task<(bool Ok, JsonElement Answer)> OfflineAsync<TAnswer>(Func<ArchiveReader, string, Task<Outcome<TAnswer>>> read, CancellationToken cancellationToken)
    {
        var clock = TimeProvider.System;
        var authenticator = new CallerAuthenticator(configuration.Options.Callers, CertificateCallers.None, clock);
        if (!authenticator.Authenticate("Bearer " + key, certificate: null, anonymous: null).TryGet(out var caller, out var error))
        {
            return Problem(error);
        }

        if (!caller.Has("auditor"))
        {
            return Problem(new ExchangeError(ExchangeStage.Authenticate, ExchangeCodes.CallerNotPermitted) { Path = "Callers:Roles", Expected = "role auditor", Found = "other roles" });
        }

        var faults = new List<SettingFault>();
        using var keys = SigningKeys.Load(configuration.Options, configuration.Resolve, faults);
        if (keys is null)
        {
            return Problem(new ExchangeError(ExchangeStage.Sign, ExchangeCodes.SigningKeyUnavailable) { Found = string.Join("; ", faults) });
        }

        var opening = await ArchiveSetup.OpenAsync(configuration, new CheckpointSigner(keys.LogKey), clock, cancellationToken);
        if (!opening.Ok)
        {
            return Problem(new ExchangeError(ExchangeStage.Append, ExchangeCodes.LoggingFailed) { Expected = "an archive that takes the entry of this look", Found = opening.Fault.Name, Remedy = opening.Fault.Remedy });
        }

        await using (opening.Archive)
        {
            return (await read(new ArchiveReader(opening.Archive, clock), caller.Name)).TryGet(out var answer, out error)
                ? (true, JsonSerializer.SerializeToElement(answer, ArchiveReader.Json))
                : Problem(error);
        }
    }

    private static (bool Ok, JsonElement Answer) Problem(ExchangeError error) =>
        (false, JsonDocument.Parse(RefusalMapping.ToProblem(error, null, null)).RootElement);
}
