package p
func A(p *int) (a, b, c, d, e, f *int) { return nil, nil, nil, nil, p, nil }
func B(p *int) (a, b, c, d, e, f *int) { return nil, nil, nil, nil, nil, p }
