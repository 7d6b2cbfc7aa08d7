using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Tunduk.Benchmarks.Exchange;

/// <summary>The consumer's information system: asks for one person after the other.</summary>
internal sealed class PersonClient : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null });
    private readonly Uri address;
    private readonly AuthenticationHeaderValue key;
    private readonly byte[][] requests;
    private int next;

    public PersonClient(Uri address, string apiKey, string[] pins)
    {
        this.address = address;
        key = new AuthenticationHeaderValue("Bearer", apiKey);
        Pin = pins[0];
        requests = [.. pins.Select(pin => Encoding.UTF8.GetBytes($$$"""{"request":{"pin":"{{{pin}}}"}}"""))];
    }

    /// <summary>What was refused, by code.</summary>
    public ConcurrentDictionary<string, int> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>One of the persons.</summary>
    public string Pin { get; }

    public int RequestBytes => requests[0].Length;

    public Task<Window> RunAsync(int concurrency, TimeSpan length) => ClosedLoop.RunAsync(concurrency, length, async () => (await AskAsync()).Ok);

    public async Task<(bool Ok, int Bytes)> AskAsync()
    {
        var number = (uint)Interlocked.Increment(ref next) % (uint)requests.Length;
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(requests[number]) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = key;
        request.Headers.TryAddWithoutValidation("X-Road-UserId", "KG20000000000001");
        request.Headers.TryAddWithoutValidation("X-Road-Issue", "loan-scoring application 2026-00017");
        using var response = await http.SendAsync(request);
        var body = await response.Content.ReadAsByteArrayAsync();
        if (!response.IsSuccessStatusCode)
        {
            using var problem = JsonDocument.Parse(body);
            Refused.AddOrUpdate($"{problem.RootElement.GetProperty("code").GetString()} {problem.RootElement.GetProperty("path").GetString()}", 1, static (_, count) => count + 1);
        }

        return (response.IsSuccessStatusCode, body.Length);
    }

    public void Dispose() => http.Dispose();
}
