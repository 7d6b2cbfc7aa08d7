using System.Security.Cryptography;

namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>What a security server does with a REST request for one of its services: checks, the call, the X-Road headers of the answer.</summary>
internal sealed class RestProviderSide(
    SimulatedSecurityServer server, SecurityServerOptions options, ProviderConnection connection, ReceivedJournal forwarded, TimeProvider time)
{
    public async Task<(RestAnswer? Answer, ServerFault? Fault)> ServeAsync(RestRequest request, CancellationToken cancellationToken)
    {
        if (RestMetaservices.Handles(request.Service.ServiceCode))
        {
            return server.RestMetaservices.Serve(request);
        }

        (ServiceRegistration? service, ServerFault? refusal) = server.Admit(
            request.Client, request.Service, static kind => kind is ServiceKind.Rest or ServiceKind.OpenApi3,
            found => RestAccess.Allows(found, request.Verb, request.Path));
        if (service is null)
        {
            return (null, refusal);
        }

        if (service.Url is null)
        {
            return (null, new ServerFault(FaultTaxonomy.ServerProxy + "service_missing_url", "The service has no address"));
        }

        forwarded.Write(request.Id);
        (RestAnswer? answer, ServerFault? fault) = await CallAsync(service, request, cancellationToken);
        return (answer, fault?.Within(FaultTaxonomy.ServerProxy));
    }

    /// <summary>The X-Road headers that the provider's server sets over whatever the provider sent.</summary>
    internal static List<KeyValuePair<string, string>> AnswerHeaders(
        RestRequest request, IEnumerable<KeyValuePair<string, string>> provider, string hash)
    {
        List<KeyValuePair<string, string>> headers =
            [.. provider.Where(static header => RestHeaders.Crosses(header.Key) && !IsSetHere(header.Key))];
        headers.Add(new("x-road-id", request.Id));
        headers.Add(new("x-road-client", RestHeaders.Escape(request.Client)));
        headers.Add(new("x-road-service", RestHeaders.Escape(request.Service)));
        headers.Add(new("x-road-request-id", request.RequestId));
        headers.Add(new("x-road-request-hash", hash));
        return headers;
    }

    private static bool IsSetHere(string name) =>
        name.Equals(RestHeaders.Id, StringComparison.OrdinalIgnoreCase)
        || name.Equals(RestHeaders.Client, StringComparison.OrdinalIgnoreCase)
        || name.Equals(RestHeaders.Service, StringComparison.OrdinalIgnoreCase)
        || name.Equals(RestHeaders.RequestId, StringComparison.OrdinalIgnoreCase)
        || name.Equals(RestHeaders.RequestHash, StringComparison.OrdinalIgnoreCase)
        // Only a security server says this.
        || name.Equals(RestHeaders.Error, StringComparison.OrdinalIgnoreCase);

    private async Task<(RestAnswer? Answer, ServerFault? Fault)> CallAsync(
        ServiceRegistration service, RestRequest request, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(service.Timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        bool hasBody = request.Body is { Length: > 0 };
        HttpResponseMessage? response = null;
        try
        {
            using var message = new HttpRequestMessage(new HttpMethod(request.Verb), Address(service.Url!, request));
            if (request.Body is { } whole)
            {
                hash.AppendData(whole.Span);
            }

            bool forwardsBody = request.Verb is "POST" or "PUT" or "PATCH";
            if (forwardsBody)
            {
                message.Content = request.Body is { } known
                    ? new ReadOnlyMemoryContent(known)
                    : new RelayContent(async (output, cancel) => hasBody = await CopyAsync(request.BodyStream!, output, hash, cancel));
            }
            else if (request.BodyStream is { } unforwarded)
            {
                // Signed and hashed by the servers, yet never handed to the provider.
                hasBody = await CopyAsync(unforwarded, Stream.Null, hash, stop.Token);
            }

            foreach ((string name, string value) in request.Headers)
            {
                if (!message.Headers.TryAddWithoutValidation(name, value))
                {
                    message.Content?.Headers.TryAddWithoutValidation(name, value);
                }
            }

            response = await connection.SendAsync(service, server.OwnerOf(service), message, stop.Token);
            string requestHash = request.Hash(hasBody ? hash.GetHashAndReset() : []);
            (RestAnswer? answer, ServerFault? fault) = await ReadAsync(response, request, requestHash, stop.Token);
            if (answer?.Source is not null)
            {
                response = null;
            }

            return (answer, fault);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return (null, ProviderConnection.Classify(e).Within(FaultTaxonomy.ServiceFailed));
        }
        finally
        {
            response?.Dispose();
        }
    }

    private async Task<(RestAnswer? Answer, ServerFault? Fault)> ReadAsync(
        HttpResponseMessage response, RestRequest request, string requestHash, CancellationToken cancellationToken)
    {
        List<KeyValuePair<string, string>> headers = AnswerHeaders(
            request, Flatten(response.Headers.NonValidated).Concat(Flatten(response.Content.Headers.NonValidated)), requestHash);
        Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
        long limit = options.MaxLoggableBody;
        long? length = response.Content.Headers.ContentLength;
        if (limit > 0 && length is null)
        {
            ReadOnlyMemory<byte>? whole = await BoundedBody.ReadAsync(body, limit, cancellationToken);
            return whole is null
                ? (null, TooLarge())
                : (new RestAnswer { Status = (int)response.StatusCode, Reason = response.ReasonPhrase, Headers = headers, Body = whole.Value }, null);
        }

        return limit > 0 && length > limit && request.Verb != "HEAD"
            ? (null, TooLarge())
            : (new RestAnswer
            {
                Status = (int)response.StatusCode,
                Reason = response.ReasonPhrase,
                Headers = headers,
                BodyStream = body,
                Source = response,
            }, null);
    }

    private static ServerFault TooLarge() => new("logging_failed", "Message size exceeds maximum loggable size");

    private static IEnumerable<KeyValuePair<string, string>> Flatten(System.Net.Http.Headers.HttpHeadersNonValidated headers)
    {
        foreach (KeyValuePair<string, System.Net.Http.Headers.HeaderStringValues> header in headers)
        {
            foreach (string value in header.Value)
            {
                yield return new(header.Key, value);
            }
        }
    }

    private static async Task<bool> CopyAsync(Stream input, Stream output, IncrementalHash hash, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[64 * 1024];
        bool any = false;
        int read;
        while ((read = await input.ReadAsync(buffer, cancellationToken)) > 0)
        {
            any = true;
            hash.AppendData(buffer, 0, read);
            await output.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        return any;
    }

    // Base and path are joined as text: nothing of the client's path is decoded, resolved or normalised on the way.
    private static Uri Address(Uri baseAddress, RestRequest request)
    {
        string root = baseAddress.AbsoluteUri;
        if (root.EndsWith('/') && request.Path.StartsWith('/'))
        {
            root = root[..^1];
        }

        return new Uri(root + request.Path + request.Query, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
    }
}
