/* Derivatives worked out by hand, in C as one first writes it: plain loops whose innermost runs along memory.
 * A network's parameters lie layer by layer: a matrix of inputs by outputs, then the biases. */

#include <math.h>
#include <string.h>

/* The example of micrograd's README, `times` over. */
void expression(const volatile double *at, volatile double *out, long times) {
    for (long k = 0; k < times; k++) {
        double a = at[0], b = at[1];
        double plus = b + a, minus = b - a;
        double up = plus > 0 ? 1 : 0, down = minus > 0 ? 1 : 0;
        double c = (plus * 2 + 1) * 2 + 1 - a;
        double d = ((a * b + b * b * b) * 3 + up * plus) * 4 + down * minus;
        double e = c - d, f = e * e, de = (0.5 - 10 / (f * f)) * 2 * e;
        out[0] = f / 2 + 10 / f;
        out[1] = de * (3 - (12 * b + 4 * up - down));
        out[2] = de * (4 - (12 * (a + 3 * b * b) + 4 * up + down));
    }
}

/* x, then times w plus x, again and again; the derivatives carried along. */
void chain(double w, double x, long times, double *out) {
    double y = x, dw = 0, dx = 1;
    for (long k = 0; k < times; k++) {
        dw = dw * w + y;
        dx = dx * w + 1;
        y = y * w + x;
    }
    out[0] = y, out[1] = dw, out[2] = dx;
}

void rosenbrock(const double *x, long n, double *value, double *gradient) {
    double sum = 0;
    memset(gradient, 0, n * sizeof *gradient);
    for (long k = 0; k + 1 < n; k++) {
        double rise = x[k + 1] - x[k] * x[k], rest = 1 - x[k];
        sum += 100 * rise * rise + rest * rest;
        gradient[k] -= 400 * rise * x[k] + 2 * rest;
        gradient[k + 1] += 200 * rise;
    }
    *value = sum;
}

void rosenbrock_hessian(const double *x, long n, double *hessian) {
    memset(hessian, 0, n * n * sizeof *hessian);
    for (long k = 0; k + 1 < n; k++) {
        hessian[k * n + k] += 1200 * x[k] * x[k] - 400 * x[k + 1] + 2;
        hessian[(k + 1) * n + k + 1] += 200;
        hessian[k * n + k + 1] = hessian[(k + 1) * n + k] = -400 * x[k];
    }
}

/* The outputs of every layer for one sample, one after the other; `z` begins with the sample. */
static void forward(const long *sizes, long layers, const double *p, double *z) {
    for (long l = 0; l < layers; l++) {
        long in = sizes[l], out = sizes[l + 1];
        double *next = z + in;
        memcpy(next, p + in * out, out * sizeof *next);
        for (long i = 0; i < in; i++)
            for (long j = 0; j < out; j++)
                next[j] += z[i] * p[i * out + j];
        if (l + 1 < layers)
            for (long j = 0; j < out; j++)
                next[j] = next[j] > 0 ? next[j] : 0;
        p += in * out + out;
        z = next;
    }
}

/* Adds a sample's gradient; `p`, `g` and `z` point behind the last layer, `dz` to the derivative by its outputs. */
static void backward(const long *sizes, long layers, const double *p, double *g, const double *z, double *dz, double *dx) {
    for (long l = layers - 1; l >= 0; l--) {
        long in = sizes[l], out = sizes[l + 1];
        p -= in * out + out;
        g -= in * out + out;
        z -= in;
        for (long j = 0; j < out; j++)
            g[in * out + j] += dz[j];
        for (long i = 0; i < in; i++) {
            double sum = 0;
            for (long j = 0; j < out; j++) {
                g[i * out + j] += z[i] * dz[j];
                sum += p[i * out + j] * dz[j];
            }
            dx[i] = z[i] > 0 ? sum : 0;
        }
        double *swap = dz;
        dz = dx, dx = swap;
    }
}

static long total(const long *sizes, long layers) {
    long n = 0;
    for (long l = 0; l < layers; l++)
        n += sizes[l] * sizes[l + 1] + sizes[l + 1];
    return n;
}

/* `work` has room for all outputs of a sample and twice those of the widest layer. */
double hinge(const long *sizes, long layers, const double *p, const double *X, const double *y, long samples,
             double l2, double *g, double *work) {
    long n = total(sizes, layers), widest = 0, outputs = 0;
    for (long l = 0; l <= layers; l++) {
        widest = sizes[l] > widest ? sizes[l] : widest;
        outputs += sizes[l];
    }
    double loss = 0, *z = work, *dz = work + outputs, *dx = dz + widest;
    memset(g, 0, n * sizeof *g);
    for (long s = 0; s < samples; s++) {
        memcpy(z, X + s * sizes[0], sizes[0] * sizeof *z);
        forward(sizes, layers, p, z);
        double margin = 1 - y[s] * z[outputs - 1];
        if (margin > 0) {
            loss += margin / samples;
            dz[0] = -y[s] / samples;
            backward(sizes, layers, p + n, g + n, z + outputs - 1, dz, dx);
        }
    }
    for (long k = 0; k < n; k++) {
        loss += l2 * p[k] * p[k];
        g[k] += 2 * l2 * p[k];
    }
    return loss;
}

void online(const long *sizes, long layers, double *p, const double *X, const double *y, long samples, double l2,
            double rate, double *g, double *work) {
    long n = total(sizes, layers);
    for (long s = 0; s < samples; s++) {
        hinge(sizes, layers, p, X + s * sizes[0], y + s, 1, l2, g, work);
        for (long k = 0; k < n; k++)
            p[k] -= rate * g[k];
    }
}

void digits(const long *sizes, long layers, double *p, const double *X, const long *y, long samples, long batch,
            double rate, double *g, double *work) {
    long n = total(sizes, layers), widest = 0, outputs = 0, classes = sizes[layers];
    for (long l = 0; l <= layers; l++) {
        widest = sizes[l] > widest ? sizes[l] : widest;
        outputs += sizes[l];
    }
    double *z = work, *dz = work + outputs, *dx = dz + widest;
    for (long first = 0; first < samples; first += batch) {
        long last = first + batch < samples ? first + batch : samples;
        memset(g, 0, n * sizeof *g);
        for (long s = first; s < last; s++) {
            memcpy(z, X + s * sizes[0], sizes[0] * sizeof *z);
            forward(sizes, layers, p, z);
            double *logits = z + outputs - classes, top = logits[0], sum = 0;
            for (long j = 0; j < classes; j++)
                top = logits[j] > top ? logits[j] : top;
            for (long j = 0; j < classes; j++)
                sum += dz[j] = exp(logits[j] - top);
            for (long j = 0; j < classes; j++)
                dz[j] = (dz[j] / sum - (j == y[s])) / (last - first);
            backward(sizes, layers, p + n, g + n, logits, dz, dx);
        }
        for (long k = 0; k < n; k++)
            p[k] -= rate * g[k];
    }
}
