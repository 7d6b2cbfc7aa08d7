using System.Net.Http.Headers;
using System.Text;
using Tunduk.Adapter.Sandbox.SecurityServers;

namespace Tunduk.Adapter.Tests.Sandbox.SecurityServers;

/// <summary>A pair of simulated security servers with a provider double behind and a raw HTTP client before it.</summary>
internal sealed class World : IAsyncDisposable
{
    private readonly HttpClient _http = new();

    private World(ProviderDouble provider, SecurityServerPair pair)
    {
        Provider = provider;
        Pair = pair;
    }

    public ProviderDouble Provider { get; }

    public SecurityServerPair Pair { get; }

    public HttpClient Http => _http;

    public static async Task<World> StartAsync(SecurityServerPairOptions? options = null)
    {
        ProviderDouble provider = await ProviderDouble.StartAsync();
        SecurityServerPair pair = await SecurityServerPair.StartAsync(
            options ?? new SecurityServerPairOptions(), TimeProvider.System, CancellationToken.None);
        pair.UseProvider(new Uri(provider.Address, "soap"), new Uri(provider.Address, "rest/persons"));
        return new World(provider, pair);
    }

    public Task<HttpResponseMessage> PostAsync(string soap, string? contentType = "text/xml; charset=utf-8", string? soapAction = null) =>
        PostAsync(Encoding.UTF8.GetBytes(soap), contentType, soapAction);

    public async Task<HttpResponseMessage> PostAsync(byte[] soap, string? contentType, string? soapAction = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Pair.Consumer.Address);
        request.Content = new ByteArrayContent(soap);
        if (contentType is not null)
        {
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        if (soapAction is not null)
        {
            request.Headers.TryAddWithoutValidation("SOAPAction", soapAction);
        }

        return await _http.SendAsync(request);
    }

    public async Task<string> CallAsync(string soap)
    {
        using HttpResponseMessage response = await PostAsync(soap);
        return await response.Content.ReadAsStringAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Pair.DisposeAsync();
        await Provider.DisposeAsync();
    }
}
