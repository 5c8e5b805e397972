package p

type table struct {
	rows [256][]int
	cols [256]struct {
		list []int
		one  [4]int
	}
	m map[int][]int
}

func byte1() byte { return 1 }

func grow(t *table, i byte, j uint8, v *[256]int) {
	t.rows[i] = append(t.rows[i], v[j])
	t.rows[i&7] = append(t.rows[i&7], v[j])
	t.rows[i] = append(t.rows[j], v[j])
	t.rows[i&7] = append(t.rows[j&7], v[j&3])
	t.cols[i].list = append(t.cols[i].list, v[i], v[j])
	t.cols[i&3].list = append(t.cols[i&3].list, v[i&3], v[j])
	t.rows[byte1()] = append(t.rows[byte1()], v[i])
	t.rows[i] = append(t.rows[i], t.rows[j]...)
	t.rows[v[i]&7] = append(t.rows[v[i]&7], v[j])
	t.rows[i] = t.rows[i][:v[j]]
	t.rows[i&7] = t.rows[i&7][v[j]:]
	t.rows[i] = t.rows[j][v[j]:]
	t.cols[i].list = t.cols[i].list[v[i]:v[j]]
	t.m[v[i]] = append(t.m[v[j]], v[i&3])
	t.m[v[i]] = t.m[v[j]][v[i&3]:]
	t.rows[i] = append(t.rows[i], append(t.rows[j], v[i])...)
}

func growMap(t *table, i, j uint8, v *[256]int) {
	t.m[v[i]] = append(t.m[v[i]], v[j])
	t.m[v[i&7]] = append(t.m[v[i&7]], v[j])
	t.m[v[i]] = t.m[v[i]][v[j]:]
}
