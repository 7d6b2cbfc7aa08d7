using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Reading;
using Tunduk.Adapter.Signing;
using Tunduk.Adapter.Trust;
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
    /// <param name="offline">What answers when no adapter runs.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The answer as JSON and whether it is one; a problem otherwise.</returns>
    public async Task<(bool Ok, JsonElement Answer)> ReadAsync<TRequest, TAnswer>(
        string path,
        TRequest body,
        Func<ArchiveDesk, Caller, Task<Outcome<TAnswer>>> offline,
        CancellationToken cancellationToken)
    {
        try
        {
            using var response = await PostAsync(path, body, cancellationToken);
            if (response is not null)
            {
                return await AnswerAsync(response, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            var isTls = exception is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError };
            return Problem(new ExchangeError(ExchangeStage.Decode, ExchangeCodes.ResponseMalformed)
            {
                Path = "Listen:Admin:Address",
                Expected = RefusalPhrases.Of("answer_of_adapter"),
                Found = isTls ? RefusalPhrases.Of("tls_failed") : RefusalPhrases.Of("connection_ended_before"),
                Remedy = RefusalTexts.Remedy(ExchangeCodes.ResponseMalformed, isTls ? "adapter-tls" : "adapter-gone"),
            });
        }

        return await OfflineAsync(async (desk, caller) => (await offline(desk, caller)).TryGet(out var answer, out var error) ? (true, JsonSerializer.SerializeToElement(answer, ArchiveReader.Json)) : Problem(error), cancellationToken);
    }

    /// <summary>As above for what is not JSON: the answer goes to a file, which is there whole or not at all.</summary>
    public async Task<(bool Ok, JsonElement Answer)> SaveAsync<TRequest>(
        string path,
        TRequest body,
        string file,
        Func<ArchiveDesk, Caller, Stream, Task<ExchangeError?>> offline,
        CancellationToken cancellationToken)
    {
        var partial = file + ".part";
        var finished = false;
        try
        {
            using var response = await PostAsync(path, body, cancellationToken);
            if (response is { IsSuccessStatusCode: false })
            {
                return await AnswerAsync(response, cancellationToken);
            }

            await using (var output = Create(partial))
            {
                if (response is not null)
                {
                    // An answer that is cut short is shorter than it says, and throws here.
                    await response.Content.CopyToAsync(output, cancellationToken);
                }
                else if (await OfflineAsync(async (desk, caller) => await offline(desk, caller, output) is { } error ? Problem(error) : (true, default), cancellationToken) is { Ok: false } problem)
                {
                    return problem;
                }
            }

            File.Move(partial, file, overwrite: true);
            finished = true;
            return (true, default);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return Problem(new ExchangeError(ExchangeStage.Encode, ExchangeCodes.ExportFailed) { Path = file, Expected = RefusalPhrases.Of("whole_bundle"), Found = RefusalPhrases.Of("one_that_was_cut_short") });
        }
        finally
        {
            if (!finished)
            {
                File.Delete(partial);
            }
        }
    }

    private static async Task<(bool Ok, JsonElement Answer)> AnswerAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return (response.IsSuccessStatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken));
        }
        catch (JsonException)
        {
            return Problem(new ExchangeError(ExchangeStage.Decode, ExchangeCodes.ResponseMalformed)
            {
                Path = "Listen:Admin:Address",
                Expected = RefusalPhrases.Of("answer_of_adapter"),
                Found = RefusalPhrases.Of("http_without_json", (int)response.StatusCode),
                Remedy = RefusalTexts.Remedy(ExchangeCodes.ResponseMalformed, "another-program"),
            });
        }
    }

    private static FileStream Create(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(file, options);
    }

    // Null when no adapter runs. Whatever does not speak the protocol there is something that runs, and the archive may be its. One that was asked and then went away is about to be started again: whoever took its archive meanwhile would be in its way.
    private async Task<HttpResponseMessage?> PostAsync<TRequest>(string path, TRequest body, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(configuration.Options.Listen.Admin.Address), path)) { Content = JsonContent.Create(body, options: ArchiveReader.Json) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
        {
            return null;
        }
    }

    private async Task<(bool Ok, JsonElement Answer)> OfflineAsync(Func<ArchiveDesk, Caller, Task<(bool Ok, JsonElement Answer)>> act, CancellationToken cancellationToken)
    {
        var clock = TimeProvider.System;
        var faults = new List<SettingFault>();
        using var keys = SigningKeys.Load(configuration.Options, configuration.Resolve, faults);
        if (keys is null)
        {
            return Problem(new ExchangeError(ExchangeStage.Sign, ExchangeCodes.SigningKeyUnavailable) { Found = string.Join("; ", faults) });
        }

        var opening = await ArchiveSetup.OpenAsync(configuration, keys, clock, cancellationToken);
        if (!opening.Ok)
        {
            return Problem(new ExchangeError(ExchangeStage.Append, ExchangeCodes.LoggingFailed) { Expected = RefusalPhrases.Of("archive_that_takes_entry_of_this_look"), Found = opening.Fault.Name, Remedy = opening.Fault.Remedy });
        }

        await using (opening.Archive)
        {
            // Somebody nobody knows is refused with an entry, as at the listener.
            var authenticator = new CallerAuthenticator(configuration.Options.Callers, CertificateCallers.None, clock);
            if (!authenticator.Authenticate("Bearer " + key, certificate: null, anonymous: null).TryGet(out var caller, out var error))
            {
                await using var refusals = new UnauthenticatedRefusals(opening.Archive, clock, NullLogger<UnauthenticatedRefusals>.Instance);
                refusals.Count("command-line", null, error);
                return Problem(error);
            }

            using var authorities = new AuthorityClient(CounterpartyTrust.ReadAnchors(configuration, faults), clock);
            var revocation = RevocationService.Create(configuration.Options.Trust, configuration.Resolve, authorities, clock, faults);
            return ArchiveDesk.Create(configuration, opening.Archive, keys, () => revocation, clock, faults) is { } desk && faults.Count == 0
                ? await act(desk, caller)
                : Problem(new ExchangeError(ExchangeStage.Authorize, ExchangeCodes.GrantMissing) { Path = "Documents", Found = string.Join("; ", faults) });
        }
    }

    private static (bool Ok, JsonElement Answer) Problem(ExchangeError error) =>
        (false, JsonDocument.Parse(RefusalMapping.ToProblem(error, null, null)).RootElement);
}
